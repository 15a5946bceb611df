namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>The error that a client raised for a call.</summary>
internal sealed class ClientException(string call, string code, string text, int status) : Exception($"{call}: {status} {code}: {text}")
{
    /// <summary>AWS's error code, as the client tells it.</summary>
    public string Code { get; } = code;

    /// <summary>AWS's message.</summary>
    public string Text { get; } = text;

    /// <summary>HTTP status; 0 where no answer came.</summary>
    public int Status { get; } = status;
}
