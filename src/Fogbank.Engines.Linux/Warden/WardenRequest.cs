using System.Text;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>A request of the region's as a driver in the warden gets it. It must be answered exactly once, on any thread.</summary>
internal sealed class WardenRequest(WardenChannel channel, byte driver, long sequence, ReadOnlyMemory<byte> payload)
{
    /// <summary>The bytes; valid until the handler returns unless <see cref="Keep"/> was called.</summary>
    internal ReadOnlyMemory<byte> Payload { get; private set; } = payload;

    /// <summary>Copies the bytes, for those who answer later.</summary>
    internal void Keep() => Payload = Payload.ToArray();

    /// <summary>Answers. The descriptors stay the caller's.</summary>
    internal void Reply(ReadOnlySpan<byte> payload = default, ReadOnlySpan<int> descriptors = default) =>
        channel.Send(new WardenHeader(WardenMessageType.Reply, driver, sequence).Before(payload), descriptors);

    /// <summary>Answers that it failed.</summary>
    internal void Fail(EngineException error) =>
        channel.Send(new WardenHeader(WardenMessageType.Failure, driver, sequence).Before([(byte)error.Kind, .. Encoding.UTF8.GetBytes(error.Message)]), []);
}
