using System.Text;
using System.Text.Json;
using CsCheck;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>Every recorded request is read back into the parameters it was made from.</summary>
public class InputVectorTests
{
    /// <summary>Cases that cannot pass, and why. One that starts to pass fails here, so the list stays true.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["json/SDKAppliedContentEncoding_awsJson1_1"] = NoBody,
        ["json/SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1"] = NoBody,
        ["json_1_0/SDKAppliedContentEncoding_awsJson1_0"] = NoBody,
        ["json_1_0/SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0"] = NoBody,
        ["ec2/SDKAppliedContentEncoding_ec2Query"] = NoBody,
        ["ec2/SDKAppendsGzipAndIgnoresHttpProvidedEncoding_ec2Query"] = NoBody,
        ["ec2/Ec2EmptyQueryLists"] = NoTrace,
        ["query/SDKAppliedContentEncoding_awsQuery"] = NoBody,
        ["query/SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery"] = NoBody,
        ["rest-json/SDKAppliedContentEncoding_restJson1"] = NoBody,
        ["rest-json/SDKAppendedGzipAfterProvidedEncoding_restJson1"] = NoBody,
        ["rest-xml/SDKAppliedContentEncoding_restXml"] = NoBody,
        ["rest-xml/SDKAppendedGzipAfterProvidedEncoding_restXml"] = NoBody,
        ["rest-json/RestJsonHostWithPath"] = "The path begins with the endpoint's own, which no model knows: the front door would cut it.",
        ["rest-json/RestJsonHttpPrefixHeadersAreNotPresent"] = NoTrace,
        ["rest-xml/HttpPrefixHeadersAreNotPresent"] = NoTrace,
        ["rest-json/RestJsonOmitsEmptyListQueryValues"] = NoTrace,
        ["query/QueryEmptyQueryMaps"] = NoTrace,
        ["rest-json/RestJsonHttpWithEmptyStructurePayload"] = EmptyObject,
        ["rest-json/RestJsonHttpWithHeadersButNoPayload"] = EmptyObject,
    };

    private const string NoTrace = "An empty list or map leaves no trace on the wire.";

    private const string EmptyObject = "A client sends an empty object for a payload that is not set, and for one that is empty.";

    private const string Token = "00000000-0000-4000-8000-000000000000";

    private const string NoBody = "The recording has no body; decompression is the front door's.";

    public static TheoryData<string, int, int, string> Cases()
    {
        var data = new TheoryData<string, int, int, string>();
        foreach (var (suite, entry, number, id) in Vectors.List(
            "input", "json", "json_1_0", "json_1_0-query-compatible", "rest-json", "query", "ec2", "rest-xml"))
        {
            data.Add(suite, entry, number, id);
        }

        return data;
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Cases))]
    public void Request_is_read_into_its_parameters(string suite, int entry, int number, string id)
    {
        var (item, vector) = Vectors.Get("input", suite, entry, number);
        var api = new VectorApi(item, vector.GetProperty("given"), suite);
        var wanted = Wanted(api, vector.GetProperty("params"));
        if (!Exceptions.ContainsKey($"{suite}/{id}"))
        {
            Assert.Equal(wanted, Read(api, vector.GetProperty("serialized")));
            return;
        }

        string? found = null;
        try
        {
            found = Read(api, vector.GetProperty("serialized"));
        }
        catch (Xunit.Sdk.XunitException)
        {
            // As foretold.
        }

        Assert.NotEqual(wanted, found);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Cases))]
    public void Mutated_request_is_read_or_refused(string suite, int entry, int number, string id)
    {
        _ = id;
        var (item, vector) = Vectors.Get("input", suite, entry, number);
        var api = new VectorApi(item, vector.GetProperty("given"), suite);
        var request = Request(api, vector.GetProperty("serialized"), mustMatch: false);
        var body = Encoding.UTF8.GetString(request.Body.Span);
        Mutations.Of(body).Select(Mutations.Of(request.RawQuery), Mutations.Header).Sample(
            (mutatedBody, query, header) =>
            {
                var headers = new HeaderDictionary();
                foreach (var (name, value) in request.Headers)
                {
                    headers[name] = header + value;
                }

                try
                {
                    Read(api, new WireRequest
                    {
                        Method = request.Method,
                        RawPath = request.RawPath,
                        RawQuery = query,
                        Headers = headers,
                        Labels = request.Labels?.ToDictionary(label => label.Key, label => header + label.Value),
                        Body = Encoding.UTF8.GetBytes(mutatedBody),
                        NewToken = request.NewToken,
                    });
                }
                catch (WireFormatException)
                {
                    // Refused, as it should be.
                }
            },
            iter: 40,
            threads: 1);
    }

    private static string Wanted(VectorApi api, JsonElement parameters)
    {
        if (api.Input is null)
        {
            return "{}";
        }

        var shape = VectorValues.Shape(parameters, api.Input);
        for (var i = 0; i < api.Input.Members.Count; i++)
        {
            if (api.Input.Members[i].IsIdempotencyToken)
            {
                // The sender's library, or else the receiver, makes it up.
                shape[i] ??= Token;
            }
        }

        return VectorValues.Print(WithoutNamedParameters(shape));
    }

    /// <summary>Whether a map of all query parameters repeats those that are members of their own depends on the case: they are left out.</summary>
    private static DynamicShape WithoutNamedParameters(DynamicShape shape)
    {
        var members = shape.GetSchema().Members;
        var named = members.Where(member => member.Location == WireLocation.Query).Select(member => member.WireName).ToHashSet();
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Location == WireLocation.QueryMap && shape[i] is IReadOnlyDictionary<string, object?> map)
            {
                var rest = map.Where(entry => !named.Contains(entry.Key)).ToDictionary();
                shape[i] = rest.Count == 0 ? null : rest;
            }
        }

        return shape;
    }

    private static WireRequest Request(VectorApi api, JsonElement serialized, bool mustMatch)
    {
        var operation = api.Operations[0];
        var uri = serialized.GetProperty("uri").GetString()!;
        var mark = uri.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? uri : uri[..mark];
        var headers = new HeaderDictionary();
        if (serialized.TryGetProperty("headers", out var given))
        {
            foreach (var header in given.EnumerateObject())
            {
                headers[header.Name] = header.Value.GetString();
            }
        }

        IReadOnlyDictionary<string, string>? labels = null;
        if (api.Protocols[0] is WireProtocol.RestJson or WireProtocol.RestXml)
        {
            var isMatch = UriTemplate.Parse(operation.UriTemplate).TryMatch(path, out labels);
            Assert.True(isMatch || !mustMatch, $"{path} does not match {operation.UriTemplate}");
        }

        return new WireRequest
        {
            Method = serialized.GetProperty("method").GetString()!,
            RawPath = path,
            RawQuery = mark < 0 ? "" : uri[(mark + 1)..],
            Headers = headers,
            Labels = labels,
            Body = serialized.TryGetProperty("body", out var body) ? Encoding.UTF8.GetBytes(body.GetString()!) : default,
            NewToken = () => Token,
        };
    }

    private static string Read(VectorApi api, JsonElement serialized)
    {
        var (shape, violations) = Read(api, Request(api, serialized, mustMatch: true));
        Assert.Empty(violations);
        return shape is null ? "{}" : VectorValues.Print(WithoutNamedParameters(shape));
    }

    private static (DynamicShape? Shape, IReadOnlyList<Violation> Violations) Read(VectorApi api, WireRequest request)
    {
        var reader = WireProtocols.Find(api.Protocols[0])!.CreateReader(api.Operations[0], request);
        return api.Input is null ? (null, []) : (DynamicShape.Read(reader, api.Input), reader.Violations);
    }
}
