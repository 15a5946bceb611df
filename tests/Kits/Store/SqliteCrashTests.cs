using System.Diagnostics;
using System.Globalization;
using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Kits.Store;

/// <summary>A process writes rows, blobs and log records from many sides and kills itself in the middle; the next one must find all that was acknowledged, and no more files than rows.</summary>
public sealed class SqliteCrashTests : StoreKit
{
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
            ArgumentList = { "-method", $"{typeof(SqliteCrashVictim).FullName}.{nameof(SqliteCrashVictim.Victim)}", "-explicit", "on" },
            Environment = { [SqliteCrashVictim.FolderVariable] = _disk.Path, ["FOGBANK_TEST_CRASH_AT"] = acknowledgements.ToString(CultureInfo.InvariantCulture) },
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
            Assert.Equal(Bytes(SqliteCrashVictim.SizeOf(number), number), await ReadBlobAsync(new BlobId(row.Blobs![0])));
        }

        var lines = await Database.ReadLogAsync(Lines, new LogQuery { Partition = Key("log"), Limit = 100_000 }, Cancel);
        Assert.Equal(rows.Keys.Order(), lines.Records.Select(line => line.Value.Size).Order());
        var files = Directory.GetFiles(Path.Combine(_disk.Path, "blobs", "kit"), "*", SearchOption.AllDirectories);
        Assert.Equal(rows.Keys.Count(number => SqliteCrashVictim.SizeOf(number) > 16 * 1024), files.Length);
        await PutAsync(Key("goes on"), new Thing("goes on", -1));
    }
}
