using System.Text;
using System.Text.Json.Nodes;

namespace Fogbank.Tests.Unit.Runtimes;

/// <summary>What a runtime client reported: a response, an error, an error of the init phase, or one that was refused.</summary>
internal sealed record Outcome(string RequestId, string Kind, byte[] Body, string ErrorType)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode? Json => JsonNode.Parse(Body);
}
