using Fogbank.Contracts.Ecs;
using Fogbank.Engines;
using Fogbank.Services.Ecs.Domain;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>Runs the health check of one container for as long as it runs.</summary>
internal sealed partial class HealthMonitor(IWorkload workload, HealthCheck check, string last, Func<string, Task> changed, TimeProvider time, ILogger logger)
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
            int? exitCode = null;
            try
            {
                exitCode = (await workload.ExecAsync(spec, cancellationToken)).ExitCode;
            }
            catch (EngineException ended) when (ended.Kind == EngineErrorKind.NotRunning)
            {
                return;
            }
            catch (EngineException failed)
            {
                // No such program in the image, say: a check that cannot run has failed.
                LogCannotRun(logger, workload.Id, failed.Kind, failed.Message);
            }

            var next = state.After(exitCode == 0, time.GetUtcNow() - workload.StartedAt < startPeriod, check.Retries ?? 3);
            if (next.Status != state.Status)
            {
                LogChanged(logger, workload.Id, next.Status, exitCode);
                await changed(next.Status);
            }

            state = next;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The health check of workload {WorkloadId} cannot be run: {Kind}: {Reason}")]
    private static partial void LogCannotRun(ILogger logger, string workloadId, EngineErrorKind kind, string reason);

    [LoggerMessage(LogLevel.Information, "Workload {WorkloadId} is {Status}: its health check ended with {ExitCode}")]
    private static partial void LogChanged(ILogger logger, string workloadId, string status, int? exitCode);

    private IReadOnlyList<string> Command() =>
        check.Command is ["CMD-SHELL", ..] ? ["/bin/sh", "-c", string.Join(' ', check.Command.Skip(1))] : [.. check.Command.Skip(1)];
}
