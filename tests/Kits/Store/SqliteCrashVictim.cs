using System.Diagnostics;
using System.Globalization;
using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Kits.Store;

/// <summary>The other half of <see cref="SqliteCrashTests"/>, in a process of its own. It runs only when asked for by name.</summary>
public sealed class SqliteCrashVictim
{
    internal const string FolderVariable = "FOGBANK_TEST_CRASH_FOLDER";

    /// <summary>Not a test: the process that dies.</summary>
    [Fact(Explicit = true)]
    public async Task Victim()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable) ?? throw new InvalidOperationException("Started by the test only.");
        var dieAt = int.Parse(Environment.GetEnvironmentVariable("FOGBANK_TEST_CRASH_AT")!, CultureInfo.InvariantCulture);
        var store = await Fogbank.Store.Sqlite.SqliteStore.OpenAsync(new StoreOptions { DataDirectory = folder }, TimeProvider.System, null);
        var database = await store.OpenAsync(StoreKit.Schema, StoreKit.Cancel);
        await using var acks = new FileStream(Path.Combine(folder, "acks"), FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        var (next, done, gate) = (0, 0, new Lock());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                while (true)
                {
                    var number = Interlocked.Increment(ref next);
                    await using var writer = database.Blobs.Create();
                    await writer.WriteAsync(StoreKit.Bytes(SizeOf(number), number), StoreKit.Cancel);
                    await using var pending = await writer.CompleteAsync(StoreKit.Cancel);
                    await database.WriteAsync(
                        t =>
                        {
                            var blob = t.AttachBlob(pending);
                            t.Put(StoreKit.Things, StoreKit.Key($"{number}"), new Thing("x", number, Blobs: [blob.Value]));
                            t.Append(StoreKit.Lines, StoreKit.Key("log"), $"s{number % 5}", StoreKit.Lines.Encode([new(StoreKit.Noon.AddMilliseconds(number), new Thing("x", number))]));
                        },
                        StoreKit.Cancel);
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
            StoreKit.Cancel)));
    }

    internal static int SizeOf(int number) => number % 3 == 0 ? 40_000 + number : 100 + number;
}
