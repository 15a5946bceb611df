using CsCheck;
using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Kits.Store;

/// <summary>Plays generated calls against the store and against a dictionary, and compares what both say.</summary>
public abstract class ModelConformance : StoreKit
{
    private static readonly string[] Names = ["a", "ab", "b", "b\0c", "é", "😀", "\uFFFD"];

    private static readonly Gen<Call> Calls = Gen.Select(
        Gen.Int[0, 7], Gen.Int[0, Names.Length - 1], Gen.Int[0, 3], Gen.Bool, (kind, name, size, fail) => new Call(kind, Names[name], size, fail && size == 3));

    private static int _run;

    [Fact]
    public void Tables_behave_as_a_sorted_dictionary_does() => Calls.Array[1, 40].Sample(
        calls =>
        {
            var scope = StoreKey.Of($"{Interlocked.Increment(ref _run):d12}", "eu-west-1");
            PlayAsync(scope, calls).GetAwaiter().GetResult();
        },
        iter: 150,
        threads: 4);

    private async Task PlayAsync(StoreKey scope, Call[] calls)
    {
        var model = new SortedDictionary<StoreKey, (Thing Value, long Version)>();
        foreach (var call in calls)
        {
            var key = scope.Add(call.Name, call.Size);
            var thing = new Thing(call.Name, call.Size, call.Size % 2 == 0 ? "even" : null);
            model.TryGetValue(key, out var known);
            switch (call.Kind)
            {
                case 0 or 1:
                    try
                    {
                        var version = await Database.WriteAsync(
                            t =>
                            {
                                var made = t.Put(Things, key, thing);
                                return call.Fail ? throw new InvalidOperationException() : made;
                            },
                            Cancel);
                        Assert.True(version > known.Version);
                        model[key] = (thing, version);
                    }
                    catch (InvalidOperationException) when (call.Fail)
                    {
                        // Undone: the model does not change.
                    }

                    break;
                case 2:
                    var expected = call.Fail ? known.Version + 1 : known.Version;
                    var put = await Database.TryPutAsync(Things, key, thing, expected, Cancel);
                    Assert.Equal(!call.Fail, put);
                    if (put)
                    {
                        model[key] = (thing, (await Database.GetAsync(Things, key, Cancel)).Version);
                    }

                    break;
                case 3:
                    Assert.Equal(known.Version > 0, await Database.WriteAsync(t => t.Delete(Things, key), Cancel));
                    model.Remove(key);
                    break;
                case 4:
                    Assert.Equal(known.Version > 0 && !call.Fail, await Database.TryDeleteAsync(Things, key, known.Version + (call.Fail ? 1 : 0), Cancel));
                    if (!call.Fail)
                    {
                        model.Remove(key);
                    }

                    break;
                case 5:
                    var below = scope.Add(call.Name);
                    var gone = model.Keys.Where(k => k.StartsWith(below)).ToList();
                    Assert.Equal(gone.Count, await Database.WriteAsync(t => t.DeleteRange(Things, below), Cancel));
                    gone.ForEach(k => model.Remove(k));
                    break;
                case 6:
                    var even = await Database.ScanIndexAsync(Things, "colour", IndexRange.Equal("even"), scope, 100, null, Cancel);
                    Assert.Equal(model.Where(row => row.Value.Value.Colour == "even").Select(row => row.Key), even.Items.Select(row => row.Key));
                    break;
                default:
                    var found = await Database.GetAsync(Things, key, Cancel);
                    Assert.Equal(known, (found.Value!, found.Version));
                    break;
            }
        }

        var forward = new List<Entry<Thing>>();
        await foreach (var entry in Database.ScanAllAsync(Things, scope, Cancel))
        {
            forward.Add(entry);
        }

        Assert.Equal(model.Select(row => new Entry<Thing>(row.Key, row.Value.Value, row.Value.Version)), forward);
        ScanToken? after = null;
        var backward = new List<StoreKey>();
        do
        {
            var page = await Database.ScanAsync(Things, scope, 3, after, true, Cancel);
            backward.AddRange(page.Items.Select(item => item.Key));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(model.Keys.Reverse(), backward);
    }

    private sealed record Call(int Kind, string Name, int Size, bool Fail);
}
