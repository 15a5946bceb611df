namespace Fogbank.Services.Ecs.Domain;

/// <summary>An event for a log stream.</summary>
/// <param name="Timestamp">When its first byte was read.</param>
/// <param name="Message">Text; never empty.</param>
/// <param name="Bytes">Its length as CloudWatch Logs counts it.</param>
internal readonly record struct OutputEvent(DateTimeOffset Timestamp, string Message, int Bytes);
