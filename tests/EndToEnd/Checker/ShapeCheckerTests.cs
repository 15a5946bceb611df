using System.Text;
using Fogbank.Tests.EndToEnd.Harness;
using Fogbank.Tests.EndToEnd.Harness.Recording;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Checker;

/// <summary>The checker sees what it is there to see.</summary>
public class ShapeCheckerTests
{
    [Fact]
    public void Missing_and_empty_members_of_json_are_seen()
    {
        RequireRecordings();
        var violations = ShapeChecker.Check([Exchange(
            "GET /2015-03-31/functions/f/configuration HTTP/1.1",
            "HTTP/1.1 200 OK",
            """{"FunctionName":"f","Layers":[],"KMSKeyArn":null,"Description":""}""")]);
        Assert.Contains("lambda GetFunctionConfiguration: FunctionArn: is missing; AWS always sends it", violations);
        Assert.Contains("lambda GetFunctionConfiguration: Layers: is there and empty; AWS leaves it out then", violations);
        Assert.Contains("lambda GetFunctionConfiguration: KMSKeyArn: is there and empty; AWS leaves it out then", violations);
        Assert.DoesNotContain(violations, line => line.Contains(": FunctionName:", StringComparison.Ordinal) || line.Contains(": Description:", StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_members_of_xml_lists_and_wrong_statuses_are_seen()
    {
        RequireRecordings();
        var violations = ShapeChecker.Check([Exchange(
            "GET /bucket?list-type=2 HTTP/1.1",
            "HTTP/1.1 202 Accepted",
            "<ListBucketResult><Name>b</Name><Prefix/><StartAfter/><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>")]);
        Assert.Contains("s3 ListObjectsV2: status: is 202; AWS answered 200", violations);
        Assert.Contains("s3 ListObjectsV2: Contents[].ETag: is missing; AWS always sends it", violations);
        Assert.Contains("s3 ListObjectsV2: StartAfter: is there and empty; AWS leaves it out then", violations);
        Assert.DoesNotContain(violations, line => line.Contains(": Contents[].Key:", StringComparison.Ordinal) || line.Contains(": Prefix:", StringComparison.Ordinal));
    }

    [Fact]
    public void Services_that_were_never_recorded_are_held_against_their_documentation()
    {
        var answer = new HttpMessage("HTTP/1.1 200 OK", []);
        answer.Append("""{"repository":{"repositoryName":"app","imageTagMutabilityExclusionFilters":[]}}"""u8);
        var violations = ShapeChecker.Check([new Exchange(
            new HttpMessage("POST / HTTP/1.1", [new("Host", "127.0.0.1"), new("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.CreateRepository")]), answer)]);
        Assert.Contains("ecr CreateRepository: repository.repositoryUri: is missing; AWS always sends it", violations);
        Assert.Contains("ecr CreateRepository: repository.imageTagMutabilityExclusionFilters: is there and empty; AWS leaves it out then", violations);
        Assert.DoesNotContain(violations, line => line.Contains(": repository.repositoryName:", StringComparison.Ordinal));
    }

    [Fact]
    public void Requests_are_read_from_the_bytes_of_a_connection_however_they_are_cut()
    {
        const string Wire = "PUT /b/k HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"
            + "GET /b HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\ncontent-length: 4\r\n\r\na=b\nHEAD /b HTTP/1.1\r\n\r\n";
        foreach (var size in new[] { 1, 2, 7, 1000 })
        {
            var seen = new List<string>();
            var reader = new HttpStreamReader(_ => { }, message => seen.Add($"{message.StartLine[..^9]} {message.Text}"), _ => true);
            foreach (var piece in Encoding.ASCII.GetBytes(Wire).Chunk(size))
            {
                reader.Feed(piece);
            }

            Assert.Equal(["PUT /b/k abcde", "GET /b ", "POST / a=b\n", "HEAD /b "], seen);
        }
    }

    private static void RequireRecordings() =>
        Assert.SkipUnless(Repository.Recorded is not null, "The recordings of AWS's answers are not on this machine (../shared/aws-recorded, or FOGBANK_AWS_RECORDED).");

    private static Exchange Exchange(string request, string response, string body)
    {
        var answer = new HttpMessage(response, []);
        answer.Append(Encoding.UTF8.GetBytes(body));
        return new Exchange(new HttpMessage(request, [KeyValuePair.Create("Host", "127.0.0.1")]), answer);
    }
}
