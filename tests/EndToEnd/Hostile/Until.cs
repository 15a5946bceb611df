using System.Diagnostics;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>Looks again and again until something holds, or a deadline has passed.</summary>
internal static class Until
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    internal static async Task TrueAsync(Func<Task<bool>> holds, string otherwise, double seconds = 20)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds < seconds, $"{otherwise} within {seconds} s");
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }

    internal static Task TrueAsync(Func<bool> holds, string otherwise, double seconds = 20) => TrueAsync(() => Task.FromResult(holds()), otherwise, seconds);

    /// <summary>Waits until nothing is left of a list, and names what is.</summary>
    internal static async Task EmptyAsync(Func<IEnumerable<string>> left, string what, double seconds)
    {
        var started = Stopwatch.GetTimestamp();
        while (left().ToList() is { Count: > 0 } remains)
        {
            Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds < seconds, $"{what} after {seconds} s:\n{string.Join('\n', remains)}");
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }
}
