using Fogbank.Store;
using Fogbank.Store.Sqlite;

namespace Fogbank.Tests.Kits.Store;

/// <summary>A data folder of a test's own.</summary>
internal sealed class SqliteDisk(Durability durability = Durability.Process)
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("fogbank-kit-").FullName;

    internal async ValueTask<IStore> OpenAsync() => await SqliteStore.OpenAsync(
        new StoreOptions { DataDirectory = Path, Durability = durability, LogSegmentBytes = 4096 }, TimeProvider.System, null);

    internal void Delete() => Directory.Delete(Path, recursive: true);
}

internal static class SqliteMemory
{
    internal static async ValueTask<IStore> OpenAsync() =>
        await SqliteStore.OpenAsync(new StoreOptions { Memory = true, LogSegmentBytes = 4096 }, TimeProvider.System, null);
}

public sealed class SqliteDiskTableTests : TableConformance
{
    private readonly SqliteDisk _disk = new();

    protected override bool Durable => true;

    protected override ValueTask<IStore> OpenStoreAsync() => _disk.OpenAsync();

    protected override void CleanUp() => _disk.Delete();
}

public sealed class SqliteMemoryTableTests : TableConformance
{
    protected override bool Durable => false;

    protected override ValueTask<IStore> OpenStoreAsync() => SqliteMemory.OpenAsync();

    protected override void CleanUp()
    {
    }
}

public sealed class SqliteDiskTransactionTests : TransactionConformance
{
    private readonly SqliteDisk _disk = new();

    protected override bool Durable => true;

    protected override ValueTask<IStore> OpenStoreAsync() => _disk.OpenAsync();

    protected override void CleanUp() => _disk.Delete();
}

public sealed class SqliteMemoryTransactionTests : TransactionConformance
{
    protected override bool Durable => false;

    protected override ValueTask<IStore> OpenStoreAsync() => SqliteMemory.OpenAsync();

    protected override void CleanUp()
    {
    }
}

public sealed class SqliteDiskBlobTests : BlobConformance
{
    private readonly SqliteDisk _disk = new();

    protected override bool Durable => true;

    protected override ValueTask<IStore> OpenStoreAsync() => _disk.OpenAsync();

    protected override void CleanUp() => _disk.Delete();
}

public sealed class SqliteMemoryBlobTests : BlobConformance
{
    protected override bool Durable => false;

    protected override ValueTask<IStore> OpenStoreAsync() => SqliteMemory.OpenAsync();

    protected override void CleanUp()
    {
    }
}

public sealed class SqliteDiskLogTests : LogConformance
{
    private readonly SqliteDisk _disk = new();

    protected override bool Durable => true;

    protected override ValueTask<IStore> OpenStoreAsync() => _disk.OpenAsync();

    protected override void CleanUp() => _disk.Delete();
}

public sealed class SqliteMemoryLogTests : LogConformance
{
    protected override bool Durable => false;

    protected override ValueTask<IStore> OpenStoreAsync() => SqliteMemory.OpenAsync();

    protected override void CleanUp()
    {
    }
}

public sealed class SqliteDiskDueTests : DueConformance
{
    private readonly SqliteDisk _disk = new();

    protected override bool Durable => true;

    protected override ValueTask<IStore> OpenStoreAsync() => _disk.OpenAsync();

    protected override void CleanUp() => _disk.Delete();
}

public sealed class SqliteMemoryDueTests : DueConformance
{
    protected override bool Durable => false;

    protected override ValueTask<IStore> OpenStoreAsync() => SqliteMemory.OpenAsync();

    protected override void CleanUp()
    {
    }
}

public sealed class SqliteDiskModelTests : ModelConformance
{
    private readonly SqliteDisk _disk = new();

    protected override bool Durable => true;

    protected override ValueTask<IStore> OpenStoreAsync() => _disk.OpenAsync();

    protected override void CleanUp() => _disk.Delete();
}

public sealed class SqliteMemoryModelTests : ModelConformance
{
    protected override bool Durable => false;

    protected override ValueTask<IStore> OpenStoreAsync() => SqliteMemory.OpenAsync();

    protected override void CleanUp()
    {
    }
}

public sealed class SqlitePowerBlobTests : BlobConformance
{
    private readonly SqliteDisk _disk = new(Durability.Power);

    protected override bool Durable => true;

    protected override ValueTask<IStore> OpenStoreAsync() => _disk.OpenAsync();

    protected override void CleanUp() => _disk.Delete();
}

public sealed class SqlitePowerLogTests : LogConformance
{
    private readonly SqliteDisk _disk = new(Durability.Power);

    protected override bool Durable => true;

    protected override ValueTask<IStore> OpenStoreAsync() => _disk.OpenAsync();

    protected override void CleanUp() => _disk.Delete();
}
