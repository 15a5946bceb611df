using System.Text;
using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Fogbank.Tests.EndToEnd.Lambda;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Notifications;

/// <summary>The main job in small: an object is put, a function sees it and writes another.</summary>
public class NotificationTests(SharedRegion region) : NotificationTest(region)
{
    // Writes each record below seen/, under its event's name and sequence.
    private const string Source =
        """
        import boto3, json, os
        s3 = boto3.client('s3', endpoint_url=os.environ['AWS_ENDPOINT_URL'])
        def handler(event, context):
            for record in event['Records']:
                key = 'seen/' + record['eventName'] + '/' + record['s3']['object']['key']
                s3.put_object(Bucket=record['s3']['bucket']['name'], Key=key, Body=json.dumps(record).encode())
        """;

    [Fact]
    public async Task Object_that_is_put_comes_back_as_a_record()
    {
        var arn = await ArnAsync(await CreatePythonAsync(Source, memory: 512));
        await CreateBucketAsync();
        await AllowAsync("f1");
        await NotifyAsync(arn, ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], prefix: "in/");
        using var s3 = S3Client();
        await s3.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = Bucket, Key = "in/a b+ü.txt", ContentBody = "hello" }, Cancel);
        var record = await SeenAsync("ObjectCreated:Put/in/a+b%2B%C3%BC.txt");
        var detail = record["s3"]!;
        Assert.Equal(("in/a+b%2B%C3%BC.txt", 5, "5d41402abc4b2a76b9719d911017c592"), (
            detail["object"]!["key"]!.GetValue<string>(), detail["object"]!["size"]!.GetValue<int>(), detail["object"]!["eTag"]!.GetValue<string>()));
        Assert.Equal((Bucket, $"arn:aws:s3:::{Bucket}", "wired"), (
            detail["bucket"]!["name"]!.GetValue<string>(), detail["bucket"]!["arn"]!.GetValue<string>(), detail["configurationId"]!.GetValue<string>()));
        Assert.Equal(("aws:s3", "us-east-1"), (record["eventSource"]!.GetValue<string>(), record["awsRegion"]!.GetValue<string>()));
        Assert.StartsWith("2.", record["eventVersion"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Matches("^[0-9A-F]{16,}$", detail["object"]!["sequencer"]!.GetValue<string>());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", record["eventTime"]!.GetValue<string>());

        await BotoAsync("s3", "copy_object", new { Bucket, Key = "in/copy", CopySource = $"{Bucket}/in/a b+ü.txt" });
        Assert.True(string.CompareOrdinal(
            (await SeenAsync("ObjectCreated:Copy/in/copy"))["s3"]!["object"]!["sequencer"]!.GetValue<string>(), detail["object"]!["sequencer"]!.GetValue<string>()) > 0);
        await BotoAsync("s3", "upload", new { Bucket, Key = "in/parts", Body = new byte[6 << 20] });
        Assert.Equal(6 << 20, (await SeenAsync("ObjectCreated:CompleteMultipartUpload/in/parts"))["s3"]!["object"]!["size"]!.GetValue<int>());
        await BotoAsync("s3", "delete_object", new { Bucket, Key = "in/copy" });
        Assert.Null((await SeenAsync("ObjectRemoved:Delete/in/copy"))["s3"]!["object"]!["size"]);
    }

    [Fact]
    public async Task Filters_select_and_what_is_taken_away_is_silent()
    {
        var arn = await ArnAsync(await CreatePythonAsync(Source, memory: 512));
        await CreateBucketAsync();
        await AllowAsync("f1");
        await NotifyAsync(arn, ["s3:ObjectCreated:Put"], prefix: "in/", suffix: ".jpg");
        foreach (var key in new[] { "in/no.png", "out/no.jpg", "in/yes.jpg" })
        {
            await BotoAsync("s3", "put_object", new { Bucket, Key = key, Body = "x"u8.ToArray() });
        }

        await SeenAsync("ObjectCreated:Put/in/yes.jpg");
        var set = await BotoAsync("s3", "get_bucket_notification_configuration", new { Bucket });
        Assert.Equal(arn, set["LambdaFunctionConfigurations"]![0]!["LambdaFunctionArn"]!.GetValue<string>());
        await BotoAsync("s3", "put_bucket_notification_configuration", new { Bucket, NotificationConfiguration = new { } });
        await BotoAsync("s3", "put_object", new { Bucket, Key = "in/late.jpg", Body = "x"u8.ToArray() });

        // A third function that hears of everything tells when the others would have been heard of.
        await NotifyAsync(arn, ["s3:ObjectCreated:Put"], prefix: "end/");
        await BotoAsync("s3", "put_object", new { Bucket, Key = "end/x", Body = "x"u8.ToArray() });
        await SeenAsync("ObjectCreated:Put/end/x");
        var seen = await BotoAsync("s3", "list_objects_v2", new { Bucket, Prefix = "seen/" });
        Assert.Equal(
            ["seen/ObjectCreated:Put/end/x", "seen/ObjectCreated:Put/in/yes.jpg"],
            seen["Contents"]!.AsArray().Select(item => item!["Key"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Function_that_does_not_let_s3_in_cannot_be_wired()
    {
        var arn = await ArnAsync(await CreatePythonAsync("def handler(event, context):\n    pass\n"));
        await CreateBucketAsync();
        var refused = await Assert.ThrowsAsync<ClientException>(() => NotifyAsync(arn, ["s3:ObjectCreated:*"]));
        Assert.Equal(("InvalidArgument", "Unable to validate the following destination configurations", 400), (refused.Code, refused.Text, refused.Status));
        await BotoAsync("lambda", "add_permission", new
        {
            FunctionName = "f1",
            StatementId = "other",
            Action = "lambda:InvokeFunction",
            Principal = "s3.amazonaws.com",
            SourceArn = "arn:aws:s3:::another-bucket",
        });
        await Assert.ThrowsAsync<ClientException>(() => NotifyAsync(arn, ["s3:ObjectCreated:*"]));
        Assert.Null((await BotoAsync("s3", "get_bucket_notification_configuration", new { Bucket }))["LambdaFunctionConfigurations"]);
    }
}

/// <summary>A test with a bucket that notifies.</summary>
public abstract class NotificationTest(SharedRegion region) : LambdaTest(region)
{
    internal string Bucket => $"bucket-{Account}";

    internal Task<JsonNode> CreateBucketAsync() => BotoAsync("s3", "create_bucket", new { Bucket });

    internal async Task<string> ArnAsync(string function) =>
        (await BotoAsync("lambda", "get_function_configuration", new { FunctionName = function }))["FunctionArn"]!.GetValue<string>();

    internal Task<JsonNode> AllowAsync(string function) => BotoAsync("lambda", "add_permission", new
    {
        FunctionName = function,
        StatementId = "s3",
        Action = "lambda:InvokeFunction",
        Principal = "s3.amazonaws.com",
        SourceArn = $"arn:aws:s3:::{Bucket}",
        SourceAccount = Account,
    });

    internal Task<JsonNode> NotifyAsync(string arn, string[] events, string? prefix = null, string? suffix = null)
    {
        var rules = new[] { ("prefix", prefix), ("suffix", suffix) }.Where(rule => rule.Item2 is not null).Select(rule => new { Name = rule.Item1, Value = rule.Item2 }).ToArray();
        return BotoAsync("s3", "put_bucket_notification_configuration", new
        {
            Bucket,
            NotificationConfiguration = new
            {
                LambdaFunctionConfigurations = new[]
                {
                    new { Id = "wired", LambdaFunctionArn = arn, Events = events, Filter = rules.Length == 0 ? null : new { Key = new { FilterRules = rules } } },
                },
            },
        });
    }

    /// <summary>Waits for an object and gives its bytes.</summary>
    internal async Task<byte[]> ObjectAsync(string key, TimeSpan? patience = null) => await Eventually.GetAsync(
        key,
        async () =>
        {
            try
            {
                return Convert.FromBase64String((await BotoAsync("s3", "get_object", new { Bucket, Key = key }))["Body"]!["$bytes"]!.GetValue<string>());
            }
            catch (ClientException fault) when (fault.Code == "NoSuchKey")
            {
                return null;
            }
        },
        () => Shared.Process.Log[^Math.Min(2000, Shared.Process.Log.Length)..],
        patience);

    internal async Task<JsonNode> SeenAsync(string name) => JsonNode.Parse(Encoding.UTF8.GetString(await ObjectAsync($"seen/{name}")))!;
}
