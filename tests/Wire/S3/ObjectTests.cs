using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Fogbank.Tests.Wire.S3;

public sealed class ObjectTests : IAsyncLifetime
{
    private S3Region _region = null!;
    private S3Client _bucket = null!;

    public async ValueTask InitializeAsync()
    {
        _region = await S3Region.StartAsync();
        _bucket = await S3Client.NewBucketAsync(_region);
    }

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task An_object_comes_back_with_what_it_was_given()
    {
        var put = await _bucket.PutAsync("a%20b/%C3%BC%2B", "hello", ("Content-Type", "text/plain"), ("x-amz-meta-Foo", "Bar"), ("x-amz-tagging", "a=1&b=2"));
        Assert.Equal("\"5d41402abc4b2a76b9719d911017c592\"", put.Headers.ETag?.Tag);
        var got = await _bucket.SendAsync("GET", "/a%20b/%C3%BC%2B");
        Assert.Equal((HttpStatusCode.OK, "hello"), (got.StatusCode, await S3Client.TextAsync(got)));
        Assert.Equal("text/plain", got.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["Bar"], got.Headers.GetValues("x-amz-meta-foo"));
        Assert.Equal(["2"], got.Headers.GetValues("x-amz-tagging-count"));
        Assert.Equal(["AES256"], got.Headers.GetValues("x-amz-server-side-encryption"));
        Assert.False(got.Headers.Contains("x-amz-checksum-crc64nvme"));
    }

    [Fact]
    public async Task A_range_is_a_206_with_its_place()
    {
        await _bucket.PutAsync("k", "0123456789");
        var got = await _bucket.SendAsync("GET", "/k", null, ("Range", "bytes=2-4"));
        Assert.Equal((HttpStatusCode.PartialContent, "234"), (got.StatusCode, await S3Client.TextAsync(got)));
        Assert.Equal("bytes 2-4/10", got.Content.Headers.ContentRange?.ToString());
        var beyond = await _bucket.SendAsync("GET", "/k", null, ("Range", "bytes=10-"));
        var error = await S3Client.XmlAsync(beyond);
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, "10"), (beyond.StatusCode, error.Element("ActualObjectSize")?.Value));
    }

    [Fact]
    public async Task Conditions_hold_on_reads_and_writes()
    {
        var put = await _bucket.PutAsync("k", "1");
        var tag = put.Headers.ETag!.Tag;
        var unchanged = await _bucket.SendAsync("GET", "/k", null, ("If-None-Match", tag));
        Assert.Equal((HttpStatusCode.NotModified, tag), (unchanged.StatusCode, unchanged.Headers.ETag?.Tag));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "PreconditionFailed"), await S3Client.ErrorAsync(await _bucket.PutAsync("k", "2", ("If-None-Match", "*"))));
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchKey"), await S3Client.ErrorAsync(await _bucket.PutAsync("none", "2", ("If-Match", tag))));
        Assert.Equal(HttpStatusCode.OK, (await _bucket.PutAsync("k", "2", ("If-Match", tag))).StatusCode);
    }

    [Fact]
    public async Task A_body_with_a_wrong_digest_becomes_no_object()
    {
        var wrong = await _bucket.PutAsync("k", "abc", ("x-amz-checksum-crc32", "AAAAAA=="));
        Assert.Equal((HttpStatusCode.BadRequest, "BadDigest"), await S3Client.ErrorAsync(wrong));
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchKey"), await S3Client.ErrorAsync(await _bucket.SendAsync("GET", "/k")));
    }

    [Fact]
    public async Task A_listing_shows_keys_and_common_prefixes_page_by_page()
    {
        foreach (var key in new[] { "p/a/1", "p/a/2", "p/b", "p/c%20d" })
        {
            await _bucket.PutAsync(key, "");
        }

        var first = await S3Client.XmlAsync(await _bucket.SendAsync("GET", "?list-type=2&prefix=p/&delimiter=/&max-keys=2&encoding-type=url"));
        Assert.Equal(["p/", "p/a/"], S3Client.Values(first, "Prefix"));
        Assert.Equal(["p/b"], S3Client.Values(first, "Key"));
        var token = Uri.EscapeDataString(S3Client.Values(first, "NextContinuationToken").Single());
        var second = await S3Client.XmlAsync(
            await _bucket.SendAsync("GET", $"?list-type=2&prefix=p/&delimiter=/&max-keys=2&encoding-type=url&continuation-token={token}"));
        Assert.Equal(["p/c+d"], S3Client.Values(second, "Key"));
        Assert.Equal(["false"], S3Client.Values(second, "IsTruncated"));
    }

    [Fact]
    public async Task Deleting_many_demands_a_digest_and_answers_each_key()
    {
        await _bucket.PutAsync("k", "");
        var body = "<Delete><Object><Key>k</Key></Object><Object><Key>x</Key><VersionId>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</VersionId></Object></Delete>"u8.ToArray();
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidRequest"), await S3Client.ErrorAsync(await _bucket.SendAsync("POST", "?delete", body)));
        Assert.Equal(
            (HttpStatusCode.BadRequest, "BadDigest"),
            await S3Client.ErrorAsync(await _bucket.SendAsync("POST", "?delete", body, ("x-amz-checksum-crc32", "AAAAAA=="))));
        Assert.Equal(HttpStatusCode.OK, (await _bucket.SendAsync("GET", "/k")).StatusCode);
#pragma warning disable CA5351 // Content-MD5 is MD5.
        var digest = Convert.ToBase64String(MD5.HashData(body));
#pragma warning restore CA5351
        var answer = await S3Client.XmlAsync(await _bucket.SendAsync("POST", "?delete", body, ("Content-MD5", digest)));
        Assert.Equal(["k", "x"], S3Client.Values(answer, "Key"));
        Assert.Equal(["NoSuchVersion"], S3Client.Values(answer, "Code"));
        Assert.Equal(HttpStatusCode.NotFound, (await _bucket.SendAsync("GET", "/k")).StatusCode);
    }

    [Fact]
    public async Task A_copy_outlives_its_source()
    {
        await _bucket.PutAsync("src", "data", ("x-amz-meta-a", "1"));
        var copied = await _bucket.SendAsync("PUT", "/dst", null, ("x-amz-copy-source", $"/{_bucket.Bucket}/src"));
        Assert.Equal(["\"8d777f385d3dfec8815d20f7496026dc\""], S3Client.Values(await S3Client.XmlAsync(copied), "ETag"));
        await _bucket.SendAsync("DELETE", "/src");
        var got = await _bucket.SendAsync("GET", "/dst");
        Assert.Equal(("data", "1"), (await S3Client.TextAsync(got), got.Headers.GetValues("x-amz-meta-a").Single()));
        var onto = await _bucket.SendAsync("PUT", "/dst", null, ("x-amz-copy-source", $"/{_bucket.Bucket}/dst"));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidRequest"), await S3Client.ErrorAsync(onto));
    }

    [Fact]
    public async Task An_upload_in_parts_becomes_one_object_once()
    {
        var begun = await S3Client.XmlAsync(await _bucket.SendAsync("POST", "/k?uploads"));
        var id = Uri.EscapeDataString(S3Client.Values(begun, "UploadId").Single());
        var head = new byte[5 * 1024 * 1024];
        var one = (await _bucket.SendAsync("PUT", $"/k?partNumber=1&uploadId={id}", head)).Headers.ETag!.Tag;
        var two = (await _bucket.SendAsync("PUT", $"/k?partNumber=7&uploadId={id}", "tail"u8.ToArray())).Headers.ETag!.Tag;
        Assert.Equal(["1", "7"], S3Client.Values(await S3Client.XmlAsync(await _bucket.SendAsync("GET", $"/k?uploadId={id}")), "PartNumber"));
        Assert.Equal(HttpStatusCode.NotFound, (await _bucket.SendAsync("GET", "/k")).StatusCode);
        var body = Encoding.UTF8.GetBytes(
            $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{one}</ETag></Part><Part><PartNumber>7</PartNumber><ETag>{two}</ETag></Part></CompleteMultipartUpload>");
        var first = S3Client.Values(await S3Client.XmlAsync(await _bucket.SendAsync("POST", $"/k?uploadId={id}", body)), "ETag").Single();
        var again = S3Client.Values(await S3Client.XmlAsync(await _bucket.SendAsync("POST", $"/k?uploadId={id}", body)), "ETag").Single();
        Assert.EndsWith("-2\"", first, StringComparison.Ordinal);
        Assert.Equal(first, again);
        var part = await _bucket.SendAsync("GET", "/k?partNumber=2");
        Assert.Equal(("tail", "2"), (await S3Client.TextAsync(part), part.Headers.GetValues("x-amz-mp-parts-count").Single()));
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchUpload"), await S3Client.ErrorAsync(await _bucket.SendAsync("GET", $"/k?uploadId={id}")));
    }

    [Fact]
    public async Task A_part_answers_the_checksum_it_came_with_also_where_its_upload_keeps_another()
    {
        var begun = await S3Client.XmlAsync(await _bucket.SendAsync("POST", "/k?uploads"));
        var id = Uri.EscapeDataString(S3Client.Values(begun, "UploadId").Single());
        var part = await _bucket.SendAsync("PUT", $"/k?partNumber=1&uploadId={id}", "hello"u8.ToArray(), ("x-amz-checksum-crc32", "NhCmhg=="));
        Assert.Equal(["NhCmhg=="], part.Headers.GetValues("x-amz-checksum-crc32"));
        var body = Encoding.UTF8.GetBytes(
            $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{part.Headers.ETag}</ETag></Part></CompleteMultipartUpload>");
        var done = await S3Client.XmlAsync(await _bucket.SendAsync("POST", $"/k?uploadId={id}", body));
        Assert.Equal(["FULL_OBJECT"], S3Client.Values(done, "ChecksumType"));
        Assert.Single(S3Client.Values(done, "ChecksumCRC64NVME"));
    }

    [Fact]
    public async Task Unset_configurations_answer_in_AWSs_words_and_unbuilt_ones_are_refused_by_name()
    {
        foreach (var (query, code) in new[]
        {
            ("policy", "NoSuchBucketPolicy"), ("cors", "NoSuchCORSConfiguration"), ("lifecycle", "NoSuchLifecycleConfiguration"),
            ("tagging", "NoSuchTagSet"), ("website", "NoSuchWebsiteConfiguration"), ("replication", "ReplicationConfigurationNotFoundError"),
            ("object-lock", "ObjectLockConfigurationNotFoundError"),
        })
        {
            Assert.Equal((HttpStatusCode.NotFound, code), await S3Client.ErrorAsync(await _bucket.SendAsync("GET", "?" + query)));
        }

        var body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"u8.ToArray();
#pragma warning disable CA5351 // Content-MD5 is MD5.
        var answer = await _bucket.SendAsync("PUT", "?versioning", body, ("Content-MD5", Convert.ToBase64String(MD5.HashData(body))));
#pragma warning restore CA5351
        var error = await S3Client.XmlAsync(answer);
        Assert.Equal((HttpStatusCode.NotImplemented, "NotImplemented"), (answer.StatusCode, error.Element("Code")?.Value));
        Assert.Contains("versioning", error.Element("Message")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_reaches_the_function_its_rule_names_in_the_order_of_its_key()
    {
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidArgument"), await S3Client.ErrorAsync(await NotifyAsync("denied")));
        Assert.Equal(HttpStatusCode.OK, (await NotifyAsync("allowed")).StatusCode);
        _region.Lambda.ThrottledCalls = 1;
        await _bucket.PutAsync("in/a%20b.jpg", "1");
        await _bucket.PutAsync("out/a.jpg", "1");
        await _bucket.SendAsync("DELETE", "/in/a%20b.jpg");
        var created = Record(await _region.Lambda.NextAsync());
        var removed = Record(await _region.Lambda.NextAsync());
        Assert.Equal(("ObjectCreated:Put", "ObjectRemoved:Delete"), (created.GetProperty("eventName").GetString(), removed.GetProperty("eventName").GetString()));
        Assert.Equal("in/a+b.jpg", Object(created).GetProperty("key").GetString());
        Assert.True(string.CompareOrdinal(Object(created).GetProperty("sequencer").GetString(), Object(removed).GetProperty("sequencer").GetString()) < 0);
    }

    [Fact]
    public async Task A_bucket_with_objects_stays()
    {
        await _bucket.PutAsync("k", "");
        Assert.Equal((HttpStatusCode.Conflict, "BucketNotEmpty"), await S3Client.ErrorAsync(await _bucket.SendAsync("DELETE", "")));
        await _bucket.SendAsync("DELETE", "/k");
        Assert.Equal(HttpStatusCode.NoContent, (await _bucket.SendAsync("DELETE", "")).StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchBucket"), await S3Client.ErrorAsync(await _bucket.SendAsync("GET", "")));
    }

    private static JsonElement Record((Contracts.Lambda.InvokeRequest Request, Kernel.RequestContext Context) call)
    {
        Assert.Equal(("s3.amazonaws.com", "Event"), (call.Context.Principal.Arn, call.Request.InvocationType));
        Assert.NotNull(call.Context.IdempotencyKey);
        return JsonDocument.Parse(call.Request.Payload!.Value).RootElement.GetProperty("Records")[0];
    }

    private static JsonElement Object(JsonElement record) => record.GetProperty("s3").GetProperty("object");

    private Task<HttpResponseMessage> NotifyAsync(string function) => _bucket.SendAsync("PUT", "?notification", Encoding.UTF8.GetBytes(
        $"<NotificationConfiguration><CloudFunctionConfiguration><CloudFunction>arn:aws:lambda:us-east-1:000000000000:function:{function}</CloudFunction>"
        + "<Event>s3:ObjectCreated:*</Event><Event>s3:ObjectRemoved:*</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>in/</Value></FilterRule>"
        + "</S3Key></Filter></CloudFunctionConfiguration></NotificationConfiguration>"));
}
