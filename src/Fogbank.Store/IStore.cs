namespace Fogbank.Store;

/// <summary>The open data folder of a region. Disposing it closes every database and gives the folder free.</summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>
    /// Opens (or makes) the schema's database, runs what migration it needs and adds its tables. Owners that share a database get the same instance.
    /// Call it at start-up, once an owner.
    /// </summary>
    /// <exception cref="StoreException"><see cref="StoreError.NewerSchema"/>, <see cref="StoreError.Corrupt"/>.</exception>
    ValueTask<IDatabase> OpenAsync(DatabaseSchema schema, CancellationToken cancellationToken);

    /// <summary>The folder that holds everything durable.</summary>
    string DataDirectory { get; }

    /// <summary>For what can be made again; may be deleted while the region is down.</summary>
    string CacheDirectory { get; }

    /// <summary>For sockets and other things of this run.</summary>
    string RunDirectory { get; }

    /// <summary>The region's 32 secret bytes, from <c>region.key</c>: other keys are derived from it, it seals nothing directly.</summary>
    ReadOnlyMemory<byte> RegionKey { get; }
}
