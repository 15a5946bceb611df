using System.Text.Json.Serialization.Metadata;

namespace Fogbank.Store;

/// <summary>
/// Rows written in the transaction of their cause and consumed in order per ordering key, at least once: notifications, asynchronous invokes.
/// Declared once as a static, like a table. For work without order use a key of its own for each row.
/// </summary>
public sealed class Outbox<T> : IOutbox, IBindable
    where T : class
{
    public Outbox(string name, ICodec<T> codec)
    {
        StoreNames.Check(name);
        Name = name;
        Codec = codec;
    }

    public Outbox(string name, JsonTypeInfo<T> type)
        : this(name, new JsonCodec<T>(type))
    {
    }

    public string Name { get; }

    public ICodec<T> Codec { get; }

    /// <summary>The blob references that a row holds, for a reset to release.</summary>
    public Func<T, IEnumerable<BlobId>>? Blobs { get; init; }

    bool IDueSource.HasDueWork => true;

    TResult IBindable.Bind<TResult>(IBinder<TResult> binder) => binder.Bind(this);
}
