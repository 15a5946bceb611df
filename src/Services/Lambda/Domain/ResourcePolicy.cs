using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fogbank.Kernel;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>Who besides the account itself may use a function. Immutable.</summary>
internal sealed record ResourcePolicy
{
    public required IReadOnlyList<PolicyStatement> Statements { get; init; }

    public required string RevisionId { get; init; }

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document as GetPolicy answers it.</summary>
    internal string ToJson() => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("Version", "2012-10-17");
        writer.WriteString("Id", "default");
        writer.WriteStartArray("Statement");
        foreach (var statement in Statements)
        {
            statement.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>Whether a statement lets this caller take this action on this ARN.</summary>
    internal bool Allows(Principal principal, string action, string resourceArn) =>
        Statements.Any(statement => statement.Allows(principal, action, resourceArn));

    internal static string Write(Action<Utf8JsonWriter> body)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Plain))
        {
            body(writer);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
