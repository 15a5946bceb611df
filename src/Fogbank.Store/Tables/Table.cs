using System.Text.Json.Serialization.Metadata;

namespace Fogbank.Store;

/// <summary>
/// A table, declared once as a static and named in a <see cref="DatabaseSchema"/>. Keys are <see cref="StoreKey"/>s that begin with account and region.
/// <example><code>
/// private static readonly Table&lt;ServiceRecord&gt; Services = new("ecs.service", EcsJson.Default.ServiceRecord)
/// {
///     Indexes = [new("cluster", s => s.ClusterArn)],
///     WakeAt = s => s.WakeAt,
/// };
/// </code></example>
/// </summary>
/// <typeparam name="T">The record; immutable.</typeparam>
public sealed class Table<T> : ITable, IBindable
    where T : class
{
    /// <param name="name">Area and kind, <c>ecs.service</c>: lower case letters, digits, dots, hyphens. The part before the dot is the table's group. It stays for ever.</param>
    /// <param name="codec">How records become bytes.</param>
    public Table(string name, ICodec<T> codec)
    {
        StoreNames.Check(name);
        Name = name;
        Codec = codec;
    }

    public Table(string name, JsonTypeInfo<T> type)
        : this(name, new JsonCodec<T>(type))
    {
    }

    public string Name { get; }

    public ICodec<T> Codec { get; }

    /// <summary>Declared index columns. A column that is new in this version is filled when the database is opened.</summary>
    public IReadOnlyList<TableIndex<T>> Indexes { get; init; } = [];

    /// <summary>
    /// When the record next needs its reconciler, read from the record at each write; null from the function means steady. Null instead of a function:
    /// the table has no due work.
    /// </summary>
    public Func<T, DateTimeOffset?>? WakeAt { get; init; }

    /// <summary>
    /// The blob references that a row holds. Only a reset uses it, to release them; at all other times the owner retains and releases in its own transactions.
    /// </summary>
    public Func<T, IEnumerable<BlobId>>? Blobs { get; init; }

    bool IDueSource.HasDueWork => WakeAt is not null;

    TResult IBindable.Bind<TResult>(IBinder<TResult> binder) => binder.Bind(this);
}
