using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.S3;

/// <summary>The ordinary work with objects, by each of the clients.</summary>
public class ObjectTests(SharedRegion region) : ClientTest(region)
{
    private string Bucket => $"bucket-{Account}";

    [Fact]
    public async Task Cli_syncs_a_folder_up_and_down()
    {
        var folder = Directory.CreateTempSubdirectory("fogbank-e2e-s3-").FullName;
        try
        {
            Directory.CreateDirectory($"{folder}/up/deep");
            var big = RandomNumberGenerator.GetBytes(18 << 20);
            await File.WriteAllBytesAsync($"{folder}/up/big.bin", big, Cancel);
            await File.WriteAllTextAsync($"{folder}/up/deep/ü +&.txt", "hello", Cancel);
            await File.WriteAllTextAsync($"{folder}/up/empty", "", Cancel);
            await AwsTextAsync("s3", "mb", $"s3://{Bucket}");
            await AwsTextAsync("s3", "sync", $"{folder}/up", $"s3://{Bucket}/data", "--no-progress");
            await AwsTextAsync("s3", "cp", $"s3://{Bucket}/data", $"{folder}/down", "--recursive", "--no-progress");
            Assert.Equal(big, await File.ReadAllBytesAsync($"{folder}/down/big.bin", Cancel));
            Assert.Equal("hello", await File.ReadAllTextAsync($"{folder}/down/deep/ü +&.txt", Cancel));
            Assert.Empty(await File.ReadAllBytesAsync($"{folder}/down/empty", Cancel));
            var head = await AwsAsync("s3api", "head-object", "--bucket", Bucket, "--key", "data/big.bin");
            Assert.Matches("^\"[0-9a-f]{32}-3\"$", head["ETag"]!.GetValue<string>());
            Assert.Contains("PRE deep/", await AwsTextAsync("s3", "ls", $"s3://{Bucket}/data/"), StringComparison.Ordinal);
            await AwsTextAsync("s3", "rb", $"s3://{Bucket}", "--force");
            Assert.Contains("(404)", await AwsFailsAsync("s3api", "head-bucket", "--bucket", Bucket), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Boto3_puts_gets_ranges_conditions_copies_and_deletes()
    {
        await BotoAsync("s3", "create_bucket", new { Bucket });
        var put = await BotoAsync("s3", "put_object", new
        {
            Bucket,
            Key = "a/b",
            Body = "0123456789"u8.ToArray(),
            ContentType = "text/x",
            Metadata = new { colour = "blue" },
            CacheControl = "no-cache",
            Tagging = "k=v",
        });
        Assert.Equal("\"781e5e245d69b566979b86e28d23f2c7\"", put["ETag"]!.GetValue<string>());
        var get = await BotoAsync("s3", "get_object", new { Bucket, Key = "a/b", Range = "bytes=2-4" });
        Assert.Equal(("234", "bytes 2-4/10", "text/x", "blue", 1), (
            Text(get), get["ContentRange"]!.GetValue<string>(), get["ContentType"]!.GetValue<string>(), get["Metadata"]!["colour"]!.GetValue<string>(), get["TagCount"]!.GetValue<int>()));
        Assert.Equal(304, (await BotoFailsAsync("s3", "get_object", new { Bucket, Key = "a/b", IfNoneMatch = put["ETag"]!.GetValue<string>() })).Status);
        Assert.Equal("PreconditionFailed", (await BotoFailsAsync("s3", "get_object", new { Bucket, Key = "a/b", IfMatch = "\"0\"" })).Code);
        Assert.Equal("InvalidRange", (await BotoFailsAsync("s3", "get_object", new { Bucket, Key = "a/b", Range = "bytes=10-" })).Code);
        await BotoAsync("s3", "copy_object", new { Bucket, Key = "copy", CopySource = $"{Bucket}/a/b" });
        Assert.Equal("0123456789", Text(await BotoAsync("s3", "get_object", new { Bucket, Key = "copy" })));
        var keys = await BotoAsync("s3", "list_objects_v2", new { Bucket, Delimiter = "/" });
        Assert.Equal(("copy", "a/"), (keys["Contents"]![0]!["Key"]!.GetValue<string>(), keys["CommonPrefixes"]![0]!["Prefix"]!.GetValue<string>()));
        var deleted = await BotoAsync("s3", "delete_objects", new { Bucket, Delete = new { Objects = new[] { new { Key = "a/b" }, new { Key = "copy" }, new { Key = "never" } } } });
        Assert.Equal(3, deleted["Deleted"]!.AsArray().Count);
        var gone = await BotoFailsAsync("s3", "get_object", new { Bucket, Key = "a/b" });
        Assert.Equal(("NoSuchKey", "The specified key does not exist.", 404), (gone.Code, gone.Text, gone.Status));
    }

    [Fact]
    public async Task Javascript_sdk_streams_with_checksums_and_uploads_in_parts()
    {
        await NodeAsync("s3", "CreateBucket", new { Bucket });
        await NodeAsync("s3", "PutObject", new { Bucket, Key = "small", Body = "hello"u8.ToArray() });
        var get = await NodeAsync("s3", "GetObject", new { Bucket, Key = "small", ChecksumMode = "ENABLED" });
        Assert.Equal("hello", Text(get));
        Assert.NotNull(get["ChecksumCRC32"]);
        Assert.Equal("FULL_OBJECT", get["ChecksumType"]!.GetValue<string>());
        var big = RandomNumberGenerator.GetBytes((11 << 20) + 5);
        await NodeAsync("s3", "upload", new { Bucket, Key = "big", Body = big });
        var back = await NodeAsync("s3", "GetObject", new { Bucket, Key = "big" });
        Assert.Equal(SHA256.HashData(big), SHA256.HashData(Convert.FromBase64String(back["Body"]!["$bytes"]!.GetValue<string>())));
        var wrong = await NodeFailsAsync("s3", "PutObject", new { Bucket, Key = "bad", Body = "hello"u8.ToArray(), ChecksumSHA256 = Convert.ToBase64String(new byte[32]) });
        Assert.Equal("BadDigest", wrong.Code);
        Assert.Equal(404, (await NodeFailsAsync("s3", "HeadObject", new { Bucket, Key = "bad" })).Status);
        Assert.Equal("NoSuchBucket", (await NodeFailsAsync("s3", "ListObjectsV2", new { Bucket = Bucket + "-none" })).Code);
    }

    [Fact]
    public async Task Dotnet_sdk_puts_gets_transfers_and_lists()
    {
        using var s3 = S3Client();
        await s3.PutBucketAsync(Bucket, Cancel);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k 1", ContentBody = "grüße" }, Cancel);
        using (var get = await s3.GetObjectAsync(Bucket, "k 1", Cancel))
        using (var reader = new StreamReader(get.ResponseStream))
        {
            Assert.Equal("grüße", await reader.ReadToEndAsync(Cancel));
        }

        using var transfer = new TransferUtility(s3, new TransferUtilityConfig { MinSizeBeforePartUpload = 6 << 20 });
        var big = RandomNumberGenerator.GetBytes(13 << 20);
        using (var stream = new MemoryStream(big))
        {
            await transfer.UploadAsync(new TransferUtilityUploadRequest { BucketName = Bucket, Key = "big", InputStream = stream, PartSize = 5 << 20 }, Cancel);
        }

        using (var get = await s3.GetObjectAsync(Bucket, "big", Cancel))
        {
            Assert.Equal(SHA256.HashData(big), await SHA256.HashDataAsync(get.ResponseStream, Cancel));
        }

        var listed = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, MaxKeys = 1 }, Cancel);
        Assert.Equal(("big", true), (listed.S3Objects[0].Key, listed.IsTruncated));
        var fault = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket + "-none", Key = "k", ContentBody = "" }, Cancel));
        Assert.Equal("NoSuchBucket", fault.ErrorCode);
        Assert.Equal("BucketNotEmpty", (await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.DeleteBucketAsync(Bucket, Cancel))).ErrorCode);
    }

    [Fact]
    public async Task Presigned_urls_of_every_client_work_in_curl_until_they_expire()
    {
        await BotoAsync("s3", "create_bucket", new { Bucket });
        using var s3 = S3Client();
        var urls = new Dictionary<string, (string Put, string Get)>
        {
            ["boto"] = (
                (await BotoAsync("s3", "presign:put_object", new { Bucket, Key = "boto" })).GetValue<string>(),
                (await BotoAsync("s3", "presign:get_object", new { Bucket, Key = "boto" })).GetValue<string>()),
            ["node"] = (
                (await NodeAsync("s3", "presign:PutObject", new { Bucket, Key = "node" })).GetValue<string>(),
                (await NodeAsync("s3", "presign:GetObject", new { Bucket, Key = "node" })).GetValue<string>()),
            ["net"] = (
                s3.GetPreSignedURL(new GetPreSignedUrlRequest { BucketName = Bucket, Key = "net", Verb = HttpVerb.PUT, Protocol = Protocol.HTTP, Expires = DateTime.UtcNow.AddMinutes(5) }),
                s3.GetPreSignedURL(new GetPreSignedUrlRequest { BucketName = Bucket, Key = "net", Protocol = Protocol.HTTP, Expires = DateTime.UtcNow.AddMinutes(5) })),
        };
        foreach (var (name, (put, get)) in urls)
        {
            var sent = await CurlAsync("-f", "-T", Repository.Of("LICENSE"), put);
            Assert.True(sent.ExitCode == 0, $"{name}: {sent}");
            var read = await CurlAsync("-f", get);
            Assert.Equal(await File.ReadAllTextAsync(Repository.Of("LICENSE"), Cancel), read.Output);
        }

        var tampered = await CurlAsync("-w", "%{http_code}", urls["node"].Get.Replace("/node?", "/boto?", StringComparison.Ordinal));
        Assert.EndsWith("403", tampered.Output, StringComparison.Ordinal);
        Assert.Contains("<Code>SignatureDoesNotMatch</Code>", tampered.Output, StringComparison.Ordinal);
        var cli = (await AwsTextAsync("s3", "presign", $"s3://{Bucket}/net", "--expires-in", "1")).Trim();
        await Eventually.BecomesTrueAsync("expiry", async () => (await CurlAsync(cli)).Output.Contains("<Message>Request has expired</Message>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Form_of_a_browser_uploads_by_curl()
    {
        await BotoAsync("s3", "create_bucket", new { Bucket });
        var form = await BotoAsync("s3", "presign_post", new { Bucket, Key = "in/${filename}", ExpiresIn = 60 });
        var fields = form["fields"]!.AsObject().SelectMany(field => new[] { "-F", $"{field.Key}={field.Value}" });
        var sent = await CurlAsync(["-w", "%{http_code}", .. fields, "-F", $"file=@{Repository.Of("LICENSE")};filename=l.txt", form["url"]!.GetValue<string>()]);
        Assert.EndsWith("204", sent.Output, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(Repository.Of("LICENSE"), Cancel), Text(await BotoAsync("s3", "get_object", new { Bucket, Key = "in/l.txt" })));
    }

    private static string Text(System.Text.Json.Nodes.JsonNode answer) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(answer["Body"]!["$bytes"]!.GetValue<string>()));
}
