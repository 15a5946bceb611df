using System.Diagnostics;
using System.Globalization;
using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Kits.Store;

/// <summary>A process writes rows, blobs and log records from many sides and kills itself in the middle; the next one must find all that was acknowledged, and no more files than rows.</summary>
public sealed class SqliteCrashTests : StoreKit
{
    private const string FolderVariable = "FOGBANK_TEST_CRASH_FOLDER";
    private readonly SqliteDisk _disk = new();

    protected override bool Durable => true;

    protected override ValueTask<IStore> OpenStoreAsync() => _disk.OpenAsync();

    protected override void CleanUp() => _disk.Delete();

    [Theory]
    [InlineData(1)]
    [InlineData(137)]
    [InlineData(600)]
    public async Task What_was_acknowledged_survives_kill_9(int acknowledgements)
    {
        await Opened.DisposeAsync();
        var acks = Path.Combine(_disk.Path, "acks");
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "-method", $"{typeof(SqliteCrashTests).FullName}.{nameof(Victim)}", "-explicit", "on" },
            Environment = { [FolderVariable] = _disk.Path, ["FOGBANK_TEST_CRASH_AT"] = acknowledgements.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardOutput = true,
        };
        using (var victim = Process.Start(start)!)
        {
            var output = await victim.StandardOutput.ReadToEndAsync(Cancel);
            await victim.WaitForExitAsync(Cancel);
            Assert.True(victim.ExitCode == 137, output);
        }

        await InitializeAsync();
        var rows = new Dictionary<int, Thing>();
        await foreach (var row in Database.ScanAllAsync(Things, KeyRange.All, Cancel))
        {
            rows.Add(row.Value.Size, row.Value);
        }

        var acknowledged = File.ReadAllText(acks).Split('\n')[..^1].Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList();
        Assert.True(acknowledged.Count >= acknowledgements);
        Assert.All(acknowledged, number => Assert.True(rows.ContainsKey(number), $"{number} is lost"));
        foreach (var (number, row) in rows)
        {
            Assert.Equal(Bytes(SizeOf(number), number), await ReadBlobAsync(new BlobId(row.Blobs![0])));
        }

        var lines = await Database.ReadLogAsync(Lines, new LogQuery { Partition = Key("log"), Limit = 100_000 }, Cancel);
        Assert.Equal(rows.Keys.Order(), lines.Records.Select(line => line.Value.Size).Order());
        var files = Directory.GetFiles(Path.Combine(_disk.Path, "blobs", "kit"), "*", SearchOption.AllDirectories);
        Assert.Equal(rows.Keys.Count(number => SizeOf(number) > 16 * 1024), files.Length);
        await PutAsync(Key("goes on"), new Thing("goes on", -1));
    }

    /// <summary>Not a test: the process that dies.</summary>
    [Fact(Explicit = true)]
    public async Task Victim()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable) ?? throw new InvalidOperationException("Started by the test only.");
        var dieAt = int.Parse(Environment.GetEnvironmentVariable("FOGBANK_TEST_CRASH_AT")!, CultureInfo.InvariantCulture);
        var store = await Fogbank.Store.Sqlite.SqliteStore.OpenAsync(new StoreOptions { DataDirectory = folder }, TimeProvider.System, null);
        var database = await store.OpenAsync(Schema, Cancel);
        await using var acks = new FileStream(Path.Combine(folder, "acks"), FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        var (next, done, gate) = (0, 0, new Lock());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                while (true)
                {
                    var number = Interlocked.Increment(ref next);
                    await using var writer = database.Blobs.Create();
                    await writer.WriteAsync(Bytes(SizeOf(number), number), Cancel);
                    await using var pending = await writer.CompleteAsync(Cancel);
                    await database.WriteAsync(
                        t =>
                        {
                            var blob = t.AttachBlob(pending);
                            t.Put(Things, Key($"{number}"), new Thing("x", number, Blobs: [blob.Value]));
                            t.Append(Lines, Key("log"), $"s{number % 5}", Lines.Encode([new(Noon.AddMilliseconds(number), new Thing("x", number))]));
                        },
                        Cancel);
                    lock (gate)
                    {
                        acks.Write(System.Text.Encoding.ASCII.GetBytes($"{number}\n"));
                        if (++done == dieAt)
                        {
                            Process.GetCurrentProcess().Kill();
                        }
                    }
                }
            },
            Cancel)));
    }

    private static int SizeOf(int number) => number % 3 == 0 ? 40_000 + number : 100 + number;
}
