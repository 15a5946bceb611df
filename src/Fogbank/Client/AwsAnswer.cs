using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    /// <summary>Code and message of an error, in whatever form the service sent it.</summary>
    internal (string Code, string Message) Error()
    {
        if (Body.Length > 0 && Body[0] == '<')
        {
            return (XmlValue("Code") ?? "Unknown", XmlValue("Message") ?? Text);
        }

        try
        {
            var json = Json;
            var code = Header("x-amzn-ErrorType") ?? json["__type"]?.GetValue<string>() ?? "Unknown";
            code = code.Split(':')[0];
            code = code[(code.IndexOf('#', StringComparison.Ordinal) + 1)..];
            return (code, (json["Message"] ?? json["message"])?.GetValue<string>() ?? Text);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return ("Unknown", $"HTTP {Status}: {Text}");
        }
    }
}
