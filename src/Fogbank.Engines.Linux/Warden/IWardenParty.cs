namespace Fogbank.Engines.Linux.Warden;

/// <summary>The part of an engine that lives in the region and talks to its <see cref="WardenDriver"/>.</summary>
internal interface IWardenParty
{
    /// <summary>As <see cref="WardenDriver.Code"/>.</summary>
    byte Code { get; }

    /// <summary>What each new warden is told first.</summary>
    byte[] Setup();

    /// <summary>An event of the warden's, on the one thread that receives: it must not be kept waiting. The bytes are valid until it returns.</summary>
    void OnEvent(WardenClient warden, ReadOnlyMemory<byte> payload);

    /// <summary>The warden is gone, or was left. What was ephemeral in it is lost.</summary>
    void OnLost(WardenClient warden);
}
