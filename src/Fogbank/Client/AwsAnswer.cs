using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace Fogbank.Client;

/// <summary>What the region answered.</summary>
internal sealed record AwsAnswer(int Status, HttpResponseHeaders Headers, byte[] Body)
{
    internal bool IsSuccess => Status is >= 200 and < 300;

    internal string Text => Encoding.UTF8.GetString(Body);

    internal JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    internal string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    /// <summary>The first element of that name in an XML answer, whatever its namespace.</summary>
    internal string? XmlValue(string name) => XDocument.Parse(Text).Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

    /// <summary>Code and message of an error, in whatever form the service sent it. What is no error of a service (a proxy's page) is <c>Unknown</c>.</summary>
    internal (string Code, string Message) Error()
    {
        try
        {
            return Body is [(byte)'<', ..] ? XmlError() : JsonError();
        }
        catch (Exception fault) when (fault is JsonException or XmlException or InvalidOperationException)
        {
            return ("Unknown", $"HTTP {Status}: {Text}");
        }
    }

    private (string Code, string Message) XmlError() =>
        XmlValue("Code") is { } code ? (code, XmlValue("Message") ?? Text) : throw new XmlException("No error of a service.");

    private (string Code, string Message) JsonError()
    {
        var json = JsonNode.Parse(Body) as JsonObject;
        var message = (json?["Message"] ?? json?["message"])?.GetValue<string>();
        if ((Header("x-amzn-ErrorType") ?? json?["__type"]?.GetValue<string>()) is not { } code)
        {
            // The region's own pages have no codes.
            return message is null ? throw new JsonException("No error of a service.") : ($"HTTP {Status}", message);
        }

        code = code.Split(':')[0];
        code = code[(code.IndexOf('#', StringComparison.Ordinal) + 1)..];
        return (code, message ?? Text);
    }
}
