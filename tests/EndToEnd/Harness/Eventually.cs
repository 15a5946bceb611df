using System.Diagnostics;

namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>Waits for the world to come to a state, by looking again and again until a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <returns>The first value that is not null.</returns>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="look">Null where it is not there yet.</param>
    /// <param name="found">Tells what is there instead; null says nothing.</param>
    /// <param name="patience">Null: 30 s.</param>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> look, Func<string>? found = null, TimeSpan? patience = null)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await look() is { } value)
            {
                return value;
            }

            if (watch.Elapsed > (patience ?? Patience))
            {
                throw new TimeoutException($"Waited {watch.Elapsed.TotalSeconds:F0} s for {what}. Found: {found?.Invoke() ?? "nothing"}");
            }

            await Task.Delay(50);
        }
    }

    public static Task BecomesTrueAsync(string what, Func<Task<bool>> look, Func<string>? found = null, TimeSpan? patience = null) =>
        GetAsync(what, async () => await look() ? "yes" : null, found, patience);
}
