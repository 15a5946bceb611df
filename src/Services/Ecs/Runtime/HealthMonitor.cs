using Fogbank.Contracts.Ecs;
using Fogbank.Engines;
using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>Runs the health check of one container for as long as it runs.</summary>
internal sealed class HealthMonitor(IWorkload workload, HealthCheck check, string last, Func<string, Task> changed, TimeProvider time)
{
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var command = Command();
        var interval = TimeSpan.FromSeconds(check.Interval ?? 30);
        var spec = new ExecSpec { Command = command, Timeout = TimeSpan.FromSeconds(check.Timeout ?? 5) };
        var startPeriod = TimeSpan.FromSeconds(check.StartPeriod ?? 0);
        var state = HealthState.Initial with { Status = last };
        while (true)
        {
            await Task.Delay(interval, time, cancellationToken);
            bool isSuccess;
            try
            {
                isSuccess = (await workload.ExecAsync(spec, cancellationToken)).ExitCode == 0;
            }
            catch (EngineException ended) when (ended.Kind == EngineErrorKind.NotRunning)
            {
                return;
            }
            catch (EngineException)
            {
                isSuccess = false; // No such program in the image, say: a check that cannot run has failed.
            }

            var next = state.After(isSuccess, time.GetUtcNow() - workload.StartedAt < startPeriod, check.Retries ?? 3);
            if (next.Status != state.Status)
            {
                await changed(next.Status);
            }

            state = next;
        }
    }

    private IReadOnlyList<string> Command() =>
        check.Command is ["CMD-SHELL", ..] ? ["/bin/sh", "-c", string.Join(' ', check.Command.Skip(1))] : [.. check.Command.Skip(1)];
}
