namespace Fogbank.Lambda;

/// <summary>One answer of the Runtime API; header names compare without case.</summary>
internal sealed record RuntimeAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);
