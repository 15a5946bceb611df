using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Kits.Store;

public abstract class LogConformance : StoreKit
{
    private static readonly StoreKey Group = Key("group");

    [Fact]
    public async Task Records_come_back_in_time_order_whatever_the_order_they_came_in()
    {
        await AppendAsync("s", 5, 1, 3);
        await AppendAsync("s", 4, 2, 3);
        Assert.Equal([1, 2, 3, 3, 4, 5], await ReadAsync(new LogQuery { Partition = Group, Limit = 100 }));
        Assert.Equal([5, 4, 3, 3, 2, 1], await ReadAsync(new LogQuery { Partition = Group, Limit = 100, Backward = true }));
    }

    [Fact]
    public async Task Records_of_one_time_come_in_the_order_they_were_appended()
    {
        await AppendAsync("s", 7, 7);
        await AppendAsync("s", 7);
        var page = await Database.ReadLogAsync(Lines, new LogQuery { Partition = Group, Limit = 10 }, Cancel);
        Assert.Equal(page.Records.Select(r => r.Sequence).Order(), page.Records.Select(r => r.Sequence));
        Assert.Equal(3, page.Records.Select(r => r.Sequence).Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_join_without_gap_or_repetition(bool backward)
    {
        for (var i = 0; i < 40; i++)
        {
            await AppendAsync($"s{i % 3}", i * 7 % 40, (i * 7 % 40) + 100_000, i);
        }

        var query = new LogQuery { Partition = Group, Limit = 7, Backward = backward };
        var all = new List<LogRecord<Thing>>();
        while (true)
        {
            var page = await Database.ReadLogAsync(Lines, query, Cancel);
            all.AddRange(page.Records);
            if (page.Next is not { } next)
            {
                break;
            }

            Assert.Equal(7, page.Records.Count);
            Assert.True(LogPosition.TryParse(next.ToString(), out var parsed));
            query = query with { After = parsed };
        }

        Assert.Equal(120, all.Select(r => r.Sequence).Distinct().Count());
        Assert.Equal(120, all.Count);
        var sorted = all.OrderBy(r => r.Position).ToList();
        Assert.Equal(backward ? Enumerable.Reverse(sorted) : sorted, all);
    }

    [Fact]
    public async Task A_reader_sees_what_is_appended_behind_its_place()
    {
        await AppendAsync("s", 1, 2);
        var page = await Database.ReadLogAsync(Lines, new LogQuery { Partition = Group, Limit = 10 }, Cancel);
        Assert.Null(page.Next);
        await AppendAsync("s", 3);
        Assert.Equal([3], await ReadAsync(new LogQuery { Partition = Group, Limit = 10, After = page.Records[^1].Position }));
    }

    [Fact]
    public async Task Times_and_streams_confine_a_query()
    {
        await AppendAsync("a", 1, 2, 3, 4);
        await AppendAsync("b", 2, 3);
        await AppendAsync("c", 3);
        var (from, to) = (Noon.AddSeconds(2), Noon.AddSeconds(4));
        Assert.Equal([2, 2, 3, 3, 3], await ReadAsync(new LogQuery { Partition = Group, Limit = 100, From = from, To = to }));
        Assert.Equal([2, 3], await ReadAsync(new LogQuery { Partition = Group, Limit = 100, From = from, To = to, Streams = Set("a") }));
        Assert.Equal([3, 3, 2], await ReadAsync(new LogQuery { Partition = Group, Limit = 100, From = from, Streams = Set("b", "c"), Backward = true }));
        Assert.Empty(await ReadAsync(new LogQuery { Partition = Group, Limit = 100, Streams = Set("nobody") }));
        Assert.Empty(await ReadAsync(new LogQuery { Partition = Key("other"), Limit = 100 }));
    }

    [Fact]
    public async Task A_page_ends_when_its_bytes_are_many()
    {
        await AppendAsync("s", [.. Enumerable.Range(0, 50)]);
        var page = await Database.ReadLogAsync(Lines, new LogQuery { Partition = Group, Limit = 50, MaxBytes = 100 }, Cancel);
        Assert.InRange(page.Records.Count, 1, 10);
        Assert.NotNull(page.Next);
    }

    [Fact]
    public async Task A_stream_can_be_deleted_and_begun_anew()
    {
        await AppendAsync("a", 1);
        await AppendAsync("b", 2);
        await Database.WriteAsync(t => t.DeleteStream(Lines, Group, "a"), Cancel);
        Assert.Equal([2], await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
        await AppendAsync("a", 3);
        Assert.Equal([3], await ReadAsync(new LogQuery { Partition = Group, Limit = 10, Streams = Set("a") }));
        await Database.WriteAsync(t => t.DeletePartition(Lines, Group), Cancel);
        Assert.Empty(await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
    }

    [Fact]
    public async Task Retention_drops_whole_segments_and_keeps_what_is_young()
    {
        // The kit's segments hold 4 KiB, and end after 12 hours.
        for (var day = 0; day < 5; day++)
        {
            await AppendAsync("s", day * 86_400);
        }

        await Database.WriteAsync(t => t.DropLog(Lines, Group, Noon.AddDays(2)), Cancel);
        Assert.Equal([2 * 86_400, 3 * 86_400, 4 * 86_400], await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
        await Database.WriteAsync(t => t.DropLog(Lines, Group, Noon.AddDays(20)), Cancel);
        Assert.Empty(await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
        await AppendAsync("s", 1);
        Assert.Equal([1], await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
    }

    [Fact]
    public async Task A_transaction_that_fails_leaves_nothing_in_the_log_and_the_next_takes_its_place()
    {
        await AppendAsync("s", 1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync<bool>(
            t =>
            {
                t.Append(Lines, Group, "s", Lines.Encode([new(Noon, new Thing("lost", 0))]));
                t.Append(Lines, Key("new group"), "s", Lines.Encode([new(Noon, new Thing("lost", 0))]));
                throw new InvalidOperationException();
            },
            Cancel).AsTask());
        await AppendAsync("s", 2);
        Assert.Equal([1, 2], await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
    }

    [Fact]
    public async Task Many_partitions_and_streams_need_not_many_open_files()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 150; i++)
            {
                await Database.AppendAsync(Lines, Key($"g{i}"), $"s{i}", [new(Noon.AddSeconds(round), new Thing("x", round))], Cancel);
            }
        }

        Assert.InRange(Directory.GetFiles("/proc/self/fd").Count(IsSegment), 0, 64);
        for (var i = 0; i < 150; i++)
        {
            var page = await Database.ReadLogAsync(Lines, new LogQuery { Partition = Key($"g{i}"), Limit = 10 }, Cancel);
            Assert.Equal([0, 1], page.Records.Select(r => r.Value.Size));
        }
    }

    [Fact]
    public async Task A_log_survives_the_store_and_goes_on()
    {
        await AppendAsync("s", 1, 2);
        await ReopenAsync();
        await AppendAsync("s", 3);
        Assert.Equal([1, 2, 3], await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
    }

    [Fact]
    public async Task Bytes_that_a_crash_left_behind_the_last_commit_are_overwritten()
    {
        await AppendAsync("s", 1);
        var file = Assert.Single(SegmentPaths());
        await File.AppendAllBytesAsync(file, Bytes(100), Cancel);
        await ReopenAsync();
        await AppendAsync("s", 2);
        Assert.Equal([1, 2], await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_torn_tail_costs_its_own_records_only(bool cut)
    {
        await AppendAsync("s", 1);
        await AppendAsync("s", 2);
        await AppendAsync("s", 3);
        var file = Assert.Single(SegmentPaths());
        await Opened.DisposeAsync();
        Assert.SkipUnless(Durable, "Memory state goes away by design.");
        await using (var torn = new FileStream(file, FileMode.Open))
        {
            if (cut)
            {
                torn.SetLength(torn.Length - 3);
            }
            else
            {
                torn.Position = torn.Length - 3;
                torn.WriteByte(0xEE);
            }
        }

        await InitializeAsync();
        Assert.Equal([1, 2], await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
        await AppendAsync("s", 4);
        Assert.Equal([1, 2, 4], await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
        await ReopenAsync();
        Assert.Equal([1, 2, 4], await ReadAsync(new LogQuery { Partition = Group, Limit = 10 }));
    }

    private bool IsSegment(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, false)?.FullName.StartsWith(Path.Combine(Opened.DataDirectory, "logs"), StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            // Another test closed it since it was listed.
            return false;
        }
    }

    private string[] SegmentPaths() => Directory.GetFiles(Path.Combine(Opened.DataDirectory, "logs", "kit"), "*", SearchOption.AllDirectories);

    private static HashSet<string> Set(params string[] names) => [.. names];

    private async Task AppendAsync(string stream, params int[] seconds) => await Database.AppendAsync(
        Lines, Group, stream, [.. seconds.Select(s => new LogEntry<Thing>(Noon.AddSeconds(s), new Thing($"{s}", s)))], Cancel);

    private async Task<IEnumerable<int>> ReadAsync(LogQuery query) =>
        (await Database.ReadLogAsync(Lines, query, Cancel)).Records.Select(r => r.Value.Size);
}
