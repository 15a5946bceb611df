namespace Fogbank.Engines.Linux.Warden;

/// <summary>The part of an engine that lives in the warden. Requests come one after the other on one thread, which must not be kept waiting.</summary>
public abstract class WardenDriver : IDisposable
{
    /// <summary>Marks the messages of this driver.</summary>
    internal abstract byte Code { get; }

    /// <summary>Something must go on when the region is gone.</summary>
    internal virtual bool HasDurable => false;

    /// <summary>The first message; <paramref name="context"/> can be used from then on.</summary>
    internal abstract void SetUp(ReadOnlyMemory<byte> payload, WardenContext context);

    /// <summary>Any other. An exception is the answer.</summary>
    internal abstract void Handle(WardenRequest request);

    /// <summary>Kills what is ephemeral, and returns when it is gone. Called once, after the last request; nothing may be started any more.</summary>
    internal abstract void EndEphemeral();

    /// <summary>The orphan grace is over: stops what is durable, too.</summary>
    internal virtual void EndDurable()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what it holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
