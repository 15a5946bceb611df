namespace Fogbank.Services.Logs.Domain;

/// <summary>What a group has taken in, kept beside the group because it changes with every write.</summary>
internal sealed record LogGroupUsage(long Bytes);
