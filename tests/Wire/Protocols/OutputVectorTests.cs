using System.Text.Json;
using System.Xml.Linq;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Xunit;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>Every recorded result is written into an answer that a client reads back to the same.</summary>
public class OutputVectorTests
{
    public static TheoryData<string, int, int, string> Cases()
    {
        var data = new TheoryData<string, int, int, string>();
        foreach (var (suite, entry, number, id) in Vectors.List(
            "output", "json", "json_1_0", "json_1_0-query-compatible", "rest-json", "query", "ec2", "rest-xml"))
        {
            data.Add(suite, entry, number, id);
        }

        return data;
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Cases))]
    public async Task Answer_is_read_by_a_client(string suite, int entry, int number, string id)
    {
        var (item, vector) = Vectors.Get("output", suite, entry, number);
        var api = new VectorApi(item, vector.GetProperty("given"), suite);
        var (wanted, found) = vector.TryGetProperty("errorCode", out _)
            ? await ErrorAsync(api, item, vector)
            : await SuccessAsync(api, vector);

        Assert.True(wanted == found, $"{suite}/{id}: wanted {wanted}, found {found}");
    }

    private static async Task<(string Wanted, string Found)> SuccessAsync(VectorApi api, JsonElement vector)
    {
        using var response = new RecordedResponse();
        var protocol = WireProtocols.Find(api.Protocols[0])!;
        var result = vector.GetProperty("result");
        if (api.Output is null)
        {
            await protocol.WriteSuccessAsync(api.Operations[0], null, response, TestContext.Current.CancellationToken);
            return ("{}", api.Protocols[0] is WireProtocol.Query or WireProtocol.Ec2 || response.Bytes.Length == 0 ? result.ToString() : response.Text);
        }

        var shape = VectorValues.Shape(result, api.Output);
        var wanted = VectorValues.Print(shape);
        await protocol.WriteSuccessAsync(api.Operations[0], shape, response, TestContext.Current.CancellationToken);
        return (wanted, VectorValues.Print(VectorClient.Read(api, response)));
    }

    private static async Task<(string Wanted, string Found)> ErrorAsync(VectorApi api, JsonElement item, JsonElement vector)
    {
        var shapeName = vector.GetProperty("given").GetProperty("errors")[0].GetProperty("shape").GetString()!;
        var shape = item.GetProperty("shapes").GetProperty(shapeName);
        var error = vector.GetProperty("error");
        var code = new ErrorCode(
            shapeName,
            vector.GetProperty("response").GetProperty("status_code").GetInt32(),
            IsServerFault: false,
            shape.TryGetProperty("error", out var facts) && facts.TryGetProperty("code", out var queryCode) ? queryCode.GetString() : null);
        var message = vector.TryGetProperty("errorMessage", out var text) ? text.GetString() : null;
        var members = new List<KeyValuePair<string, string>>();
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var property in error.EnumerateObject().Where(property => property.Name is not ("Message" or "message")))
        {
            var reference = shape.GetProperty("members").GetProperty(property.Name);
            var isHeader = reference.TryGetProperty("location", out _);
            (isHeader ? headers : members).Add(new(isHeader ? reference.GetProperty("locationName").GetString()! : property.Name, property.Value.ToString()));
        }

        using var response = new RecordedResponse();
        await WireProtocols.Find(api.Protocols[0])!.WriteErrorAsync(
            api, new WireError(code, message) { Members = members, Headers = headers }, response, TestContext.Current.CancellationToken);

        var wanted = $"{vector.GetProperty("errorCode")}: {message} {string.Join(',', members.Concat(headers))}";
        return (wanted, Parsed(api, response, members, headers));
    }

    private static string Parsed(
        VectorApi api, RecordedResponse response, List<KeyValuePair<string, string>> members, List<KeyValuePair<string, string>> headers)
    {
        var found = headers.Select(header => new KeyValuePair<string, string>(header.Key, response.Headers[header.Key].ToString()));
        if (api.Protocols[0] is WireProtocol.Query or WireProtocol.Ec2 or WireProtocol.RestXml)
        {
            var error = XDocument.Parse(response.Text).Descendants().First(e => e.Name.LocalName == "Error");
            string? Child(string name) => error.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
            return $"{Child("Code")}: {Child("Message")} {string.Join(',', members.Select(m => new KeyValuePair<string, string>(m.Key, Child(m.Key) ?? "")).Concat(found))}";
        }

        var body = JsonElement.Parse(response.Text);
        string? Member(string name) => body.TryGetProperty(name, out var value) ? value.ToString() : null;
        var code = response.Headers.TryGetValue("x-amzn-query-error", out var queryError)
            ? queryError.ToString().Split(';')[0]
            : Member("__type") ?? response.Headers["x-amzn-ErrorType"].ToString();
        return $"{code}: {Member("message")} {string.Join(',', members.Select(m => new KeyValuePair<string, string>(m.Key, Member(m.Key) ?? "")).Concat(found))}";
    }
}
