using Fogbank.Engines.Linux.Network;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>What the warden gives to its drivers.</summary>
/// <param name="Tell">Sends an event to the region; harmless when that is gone.</param>
/// <param name="Networks">The networks of all drivers, opened by the first who needs them.</param>
internal sealed record WardenContext(Action<byte[]> Tell, Lazy<Networks> Networks);
