using Fogbank.Control;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fogbank.Tests.Unit.Control;

public sealed class SweepTimerTests
{
    [Fact]
    public async Task What_came_due_during_a_sweep_is_swept_after_it()
    {
        var time = new FakeTimeProvider();
        var begun = new SemaphoreSlim(0);
        var mayEnd = new SemaphoreSlim(0);
        var sweeps = new SweepTimer(
            async () =>
            {
                begun.Release();
                await mayEnd.WaitAsync(TestContext.Current.CancellationToken);
            },
            time);
        sweeps.Start();
        sweeps.Begin();
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        sweeps.By(time.GetUtcNow() + TimeSpan.FromMilliseconds(10));
        time.Advance(TimeSpan.FromMilliseconds(10));
        mayEnd.Release();
        for (var sweep = 0; sweep < 3; sweep++)
        {
            while (!await begun.WaitAsync(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken))
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                Assert.True(time.GetUtcNow() - time.Start < TimeSpan.FromMinutes(1), $"sweep {sweep} after the missed one never came");
            }

            mayEnd.Release();
        }

        await sweeps.StopAsync();
    }
}
