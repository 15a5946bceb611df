namespace Fogbank.Services.Ecs.Domain;

/// <summary>An account setting of one principal; without one, the account's default.</summary>
internal sealed record AccountSettingRecord(string Name, string Value, string? PrincipalArn);

/// <summary>What a client token stood for.</summary>
/// <param name="Request">Digest of the request's other members.</param>
/// <param name="TaskIds">The tasks it started.</param>
/// <param name="WakeAt">When it is forgotten.</param>
internal sealed record RunTokenRecord(string Request, IReadOnlyList<string> TaskIds, DateTimeOffset? WakeAt);

/// <summary>How far the output of a container was delivered to its log stream.</summary>
/// <param name="Position">Where reading goes on.</param>
/// <param name="Pending">Bytes before that position that belong to an event which is not complete, by stream.</param>
internal sealed record LogPositionRecord(long Position, IReadOnlyList<PendingText> Pending);

/// <summary>The begin of an event.</summary>
internal sealed record PendingText(int Stream, string Text, long TimestampMilliseconds);
