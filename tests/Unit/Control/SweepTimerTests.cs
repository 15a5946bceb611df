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

    [Fact]
    public async Task A_clock_that_jumps_while_the_timer_is_set_holds_up_no_sweep()
    {
        var time = new JumpingTime();
        var swept = new SemaphoreSlim(0);
        SweepTimer sweeps = null!;
        sweeps = new SweepTimer(
            () =>
            {
                swept.Release();
                time.JumpAfterNextRead = TimeSpan.FromHours(25);
                sweeps.By(time.Clock + TimeSpan.FromHours(24));
                return Task.CompletedTask;
            },
            time);
        sweeps.Start();
        sweeps.Begin();
        await swept.WaitAsync(TestContext.Current.CancellationToken);
        var jumped = time.Clock;
        while (!await swept.WaitAsync(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken))
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.True(time.Clock - jumped < TimeSpan.FromHours(25) + TimeSpan.FromMinutes(1), "no sweep came after the jump");
        }

        await sweeps.StopAsync();
    }

    /// <summary>Jumps right after it was read, as when the machine was suspended there.</summary>
    private sealed class JumpingTime : FakeTimeProvider
    {
        internal TimeSpan JumpAfterNextRead { get; set; }

        internal DateTimeOffset Clock => base.GetUtcNow();

        public override DateTimeOffset GetUtcNow()
        {
            var now = base.GetUtcNow();
            var jump = JumpAfterNextRead;
            JumpAfterNextRead = TimeSpan.Zero;
            if (jump > TimeSpan.Zero)
            {
                Advance(jump);
            }

            return now;
        }
    }
}
