using System.Text.Json;
using System.Text;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Notifications;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Unit.S3;

public class RuleTests
{
    [Fact]
    public void A_rule_matches_by_event_prefix_and_suffix()
    {
        var rule = Rule("s3:ObjectCreated:*", "in/", ".jpg");
        Assert.True(rule.Matches("s3:ObjectCreated:Put", "in/a.jpg"));
        Assert.False(rule.Matches("s3:ObjectRemoved:Delete", "in/a.jpg"));
        Assert.False(rule.Matches("s3:ObjectCreated:Put", "out/a.jpg"));
        Assert.False(rule.Matches("s3:ObjectCreated:Put", "in/a.png"));
    }

    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("a/", "", "a/b/", "")]
    [InlineData("", ".jpg", "", "jpg")]
    public void Overlapping_rules_are_refused(string prefix1, string suffix1, string prefix2, string suffix2)
    {
        var rules = new[] { Rule("s3:ObjectCreated:*", prefix1, suffix1), Rule("s3:ObjectCreated:Put", prefix2, suffix2) };
        Assert.Equal("InvalidArgument", Assert.Throws<AwsException>(() => NotificationRules.CheckOverlaps(rules)).Code.Name);
    }

    [Fact]
    public void Rules_apart_by_prefix_suffix_or_event_stand_together() => NotificationRules.CheckOverlaps(
    [
        Rule("s3:ObjectCreated:*", "a/", ".jpg"), Rule("s3:ObjectCreated:*", "b/", ".jpg"), Rule("s3:ObjectCreated:*", "a/", ".png"),
        Rule("s3:ObjectRemoved:*", "a/", ".jpg"),
    ]);

    [Fact]
    public void The_event_has_AWSs_form()
    {
        var bytes = EventDocument.Write(
            new EventRecord
            {
                Bucket = "photos",
                BucketAccountId = "123456789012",
                Region = "eu-west-1",
                Key = "in/my photo é.jpg",
                Name = "ObjectCreated:Put",
                Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero),
                ConfigurationId = "thumbs",
                FunctionArn = "arn:aws:lambda:eu-west-1:123456789012:function:f",
                PrincipalId = "AWS:AIDA",
                SourceAddress = "127.0.0.1",
                RequestId = "0123456789ABCDEF",
                Size = 42,
                ETag = "tag",
            },
            255);
        var record = JsonDocument.Parse(bytes).RootElement.GetProperty("Records")[0];
        Assert.Equal("2.1", record.GetProperty("eventVersion").GetString());
        Assert.Equal("2026-01-02T03:04:05.006Z", record.GetProperty("eventTime").GetString());
        var s3 = record.GetProperty("s3");
        Assert.Equal("arn:aws:s3:::photos", s3.GetProperty("bucket").GetProperty("arn").GetString());
        Assert.Equal("in/my+photo+%C3%A9.jpg", s3.GetProperty("object").GetProperty("key").GetString());
        Assert.Equal("0000000000000000FF", s3.GetProperty("object").GetProperty("sequencer").GetString());
        Assert.Equal(42, s3.GetProperty("object").GetProperty("size").GetInt64());
    }

    [Fact]
    public void The_first_CORS_rule_that_admits_everything_asked_for_wins()
    {
        var rules = new CorsRuleRecord[]
        {
            new() { Id = "exact", AllowedMethods = ["GET"], AllowedOrigins = ["https://example.com"] },
            new() { Id = "wild", AllowedMethods = ["PUT"], AllowedOrigins = ["https://*.example.com"], AllowedHeaders = ["x-amz-*", "Content-Type"] },
        };
        Assert.Equal("exact", CorsRules.Find(rules, "https://example.com", "GET", [])?.Id);
        Assert.Equal("wild", CorsRules.Find(rules, "https://a.example.com", "PUT", ["content-type", "X-Amz-Date"])?.Id);
        Assert.Null(CorsRules.Find(rules, "https://a.example.com", "PUT", ["authorization"]));
        Assert.Null(CorsRules.Find(rules, "https://example.com.evil", "GET", []));
        Assert.Null(CorsRules.Find(rules, "https://example.com", "DELETE", []));
    }

    [Theory]
    [InlineData("a=1&a=2", "InvalidArgument")]
    [InlineData("a=%zz", "InvalidArgument")]
    [InlineData("aws:x=1", "InvalidTag")]
    [InlineData("a,b=1", "InvalidTag")]
    [InlineData("a=b,c", "InvalidTag")]
    [InlineData("1=1&2=1&3=1&4=1&5=1&6=1&7=1&8=1&9=1&10=1&11=1", "BadRequest")]
    public void Tags_that_AWS_refuses(string header, string code) =>
        Assert.Equal(code, Assert.Throws<AwsException>(() => TagRules.ParseHeader(header)).Code.Name);

    [Fact]
    public void Tags_are_decoded() => Assert.Equal([new TagRecord("a b", "c+d"), new TagRecord("é", "")], TagRules.ParseHeader("a%20b=c%2Bd&%C3%A9")!);

    [Theory]
    [InlineData("GLACIER", "NotImplemented")]
    [InlineData("OUTPOSTS", "InvalidStorageClass")]
    public void A_storage_class_that_would_change_behaviour_is_refused(string storageClass, string code) =>
        Assert.Equal(code, Assert.Throws<AwsException>(() => new WriteSettings { StorageClass = storageClass }.Check()).Code.Name);

    [Fact]
    public void Completing_names_the_part_that_is_too_small()
    {
        var upload = Upload(null, ChecksumKind.FullObject);
        var stored = Parts((1, 4), (2, 4));
        var error = Assert.Throws<AwsException>(() => CompletionPlan.Make(upload, stored, [Named(1), Named(2)]));
        Assert.Equal(("EntityTooSmall", "1", "5242880"), (error.Code.Name, error.Members["PartNumber"], error.Members["MinSizeAllowed"]));
    }

    [Fact]
    public void Completing_wants_ascending_known_parts_with_their_checksums()
    {
        var stored = Parts((1, 5 << 20), (2, 4));
        var plain = Upload(null, ChecksumKind.FullObject);
        Assert.Equal("InvalidPartOrder", Refusal(plain, stored, Named(2), Named(1)));
        Assert.Equal("InvalidPart", Refusal(plain, stored, Named(3)));
        Assert.Equal("InvalidPart", Refusal(plain, stored, Named(1) with { ETag = "other" }));
        Assert.Equal("InvalidRequest", Refusal(Upload(ChecksumFunction.Crc32, ChecksumKind.Composite), stored, Named(1), Named(2)));
        Assert.Equal("BadDigest", Refusal(
            Upload(ChecksumFunction.Crc32, ChecksumKind.FullObject), stored, Named(1) with { Checksums = new("AAAAAA==", null, null, null, null) }));
        Assert.Equal((5 << 20) + 4, CompletionPlan.Make(plain, stored, [Named(1), Named(2)]).Size);
    }

    private static string Refusal(UploadRecord upload, Dictionary<int, Entry<PartRecord>> stored, params NamedPart[] named) =>
        Assert.Throws<AwsException>(() => CompletionPlan.Make(upload, stored, named)).Code.Name;

    private static NamedPart Named(int number) => new(number, $"\"{TagOf(number)}\"", default);

    private static string TagOf(int number) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes($"part{number,12}"));

    private static UploadRecord Upload(ChecksumFunction? function, ChecksumKind kind) => new()
    {
        Key = "k",
        UploadId = "id",
        InitiatedAt = DateTimeOffset.UnixEpoch,
        InitiatorArn = "arn:aws:iam::000000000000:root",
        Headers = new(),
        Function = function,
        Kind = kind,
    };

    private static Dictionary<int, Entry<PartRecord>> Parts(params (int Number, long Size)[] parts) => parts.ToDictionary(
        part => part.Number,
        part => new Entry<PartRecord>(
            StoreKey.Of("000000000000", "us-east-1", "b", "id", part.Number),
            new PartRecord
            {
                Number = part.Number,
                Blob = 1,
                Size = part.Size,
                ETag = TagOf(part.Number),
                ModifiedAt = DateTimeOffset.UnixEpoch,
                Checksum = new(ChecksumFunction.Crc32, "NhCmhg=="),
            },
            1));

    private static NotificationRule Rule(string eventName, string prefix, string suffix) => new()
    {
        Id = Guid.Empty.ToString(),
        FunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:f",
        Events = [eventName],
        Prefix = prefix.Length == 0 ? null : prefix,
        Suffix = suffix.Length == 0 ? null : suffix,
    };
}
