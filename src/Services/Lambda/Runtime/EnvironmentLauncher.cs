using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Lambda.Domain;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>Starts execution environments, waits for their initialisation, and takes them down again.</summary>
internal sealed partial class EnvironmentLauncher(
    IEndpointHost endpoints,
    ICredentialIssuer credentials,
    ILogSink logs,
    InvocationRecorder recorder,
    MemoryBudget budget,
    LambdaOptions options,
    IIdSource ids,
    TimeProvider time,
    ILogger<EnvironmentLauncher> logger) : IDisposable
{
    private const string ServiceName = "lambda.amazonaws.com";

    private static readonly TimeSpan CredentialLife = TimeSpan.FromHours(12);
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    // An answer that was sent just before the process ended is on its way through the socket.
    private static readonly TimeSpan LastAnswerTime = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _launches = new(options.MaxLaunchesAtOnce);

    /// <summary>Starts an environment; null where it is no longer wanted by the time that there is room to start it.</summary>
    /// <param name="plan">What to start.</param>
    /// <param name="isUnthrottled">Initialisation outside an invocation has all the CPU it can get.</param>
    /// <param name="isWanted">Asked once, right before the start.</param>
    /// <param name="supervise">Takes the task that ends with the environment.</param>
    /// <exception cref="AwsException">What the caller of the invocation is told.</exception>
    internal async Task<ExecutionEnvironment?> StartAsync(
        EnvironmentPlan plan, bool isUnthrottled, Func<bool> isWanted, Action<Task> supervise)
    {
        var issued = await credentials.IssueForServiceAsync(plan.Version.Role, ServiceName, plan.Function.Name, CredentialLife, CancellationToken.None)
            ?? throw LambdaErrors.AccessDenied(ServiceName, "sts:AssumeRole", plan.Version.Role);
        var share = budget.Estimate(plan.Function, plan.Version.MemoryMegabytes);
        await _launches.WaitAsync(CancellationToken.None);
        try
        {
            if (!isWanted())
            {
                return null;
            }

            if (!budget.TryReserve(share))
            {
                throw LambdaErrors.Throttled(
                    "ConcurrentInvocationLimitExceeded",
                    "Rate Exceeded. Fogbank has no memory left on this machine for another execution environment: lower the function's memory use or the number of functions that run at once.");
            }

            try
            {
                return await LaunchAsync(plan, issued, isUnthrottled, share, supervise);
            }
            catch
            {
                budget.Release(share);
                throw;
            }
        }
        finally
        {
            _launches.Release();
        }
    }

    public void Dispose() => _launches.Dispose();

    private async Task<ExecutionEnvironment> LaunchAsync(
        EnvironmentPlan plan, TemporaryCredentials issued, bool isUnthrottled, long share, Action<Task> supervise)
    {
        var id = $"fn-{ids.NewHex(20)}";
        var stream = $"{time.GetUtcNow():yyyy/MM/dd}/[{plan.Version.Version}]{ids.NewHex(32)}";
        var environment = new ExecutionEnvironment(plan, id, new EnvironmentLog(plan, stream, logs, time), recorder, time) { StartedAt = time.GetTimestamp() };
        using var deadline = new CancellationTokenSource(StartDeadline, time);
        try
        {
            var workload = plan.Package is { } package
                ? await StartPackageAsync(plan, package, EnvironmentSpec.For(plan, package, id, issued, stream, isUnthrottled), deadline.Token)
                : await StartImageAsync(environment, issued, stream, isUnthrottled, deadline.Token);
            if (workload is not null)
            {
                Announce(environment, workload);
                supervise(SuperviseAsync(environment, workload, share));
            }
            else
            {
                supervise(SuperviseFailedAsync(environment, share));
            }

            return environment;
        }
        catch (EngineException failed)
        {
            LogStartFailed(logger, plan.FunctionArn, failed.Kind, failed.Message);
            throw Describe(failed);
        }
        catch (OperationCanceledException)
        {
            throw LambdaErrors.Service("The execution environment could not be started in time.");
        }
    }

    private static async ValueTask<IWorkload> StartPackageAsync(
        EnvironmentPlan plan, PackageProgram package, WorkloadSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            return await plan.Engine.StartAsync(spec, cancellationToken);
        }
        catch (EngineException failed) when (failed.Kind == EngineErrorKind.CommandNotExecutable)
        {
            throw new EntrypointException(package.Runtime.Command[0]);
        }
    }

    /// <summary>Null where the image's command cannot be started, which the environment then knows.</summary>
    private static async ValueTask<IWorkload?> StartImageAsync(
        ExecutionEnvironment environment, TemporaryCredentials issued, string stream, bool isUnthrottled, CancellationToken cancellationToken)
    {
        var plan = environment.Plan;
        var image = await plan.Image!.GetAsync(cancellationToken);
        var command = ImageCommand.Of(image.Configuration, plan.Version.ImageConfig);
        if (command.Words.Count == 0)
        {
            environment.FailStart(new(ErrorPayload.InvalidEntrypoint, "neither the image nor the function names a command"));
            return null;
        }

        try
        {
            return await plan.Engine.StartAsync(
                ImageEnvironmentSpec.For(plan, image, command, environment.Id, issued, stream, isUnthrottled), cancellationToken);
        }
        catch (EngineException failed) when (failed.Kind == EngineErrorKind.CommandNotExecutable)
        {
            environment.FailStart(command.Explain(failed));
            return null;
        }
        catch (ImageException missing)
        {
            throw await plan.Image.LoseAsync(missing);
        }
    }

    private static void Announce(ExecutionEnvironment environment, IWorkload workload)
    {
        var (plan, log) = (environment.Plan, environment.Log);
        environment.Workload = workload;
        log.MaxMemory = () => MaxMemoryAsync(workload);
        log.InitStart(plan.Package is { Runtime.Version: var version }
            ? (RuntimeVersion.Name(plan.Version.Runtime, version), RuntimeVersion.Arn(plan.Function.Scope.Region, plan.Version.Runtime))
            : null);
        log.Workload = workload;
    }

    /// <summary>An environment without a workload still has a log to write.</summary>
    private async Task SuperviseFailedAsync(ExecutionEnvironment environment, long share)
    {
        var writing = environment.Log.WriteAsync();
        try
        {
            await environment.Killed;
            await environment.Log.CloseAsync();
            await writing;
        }
        finally
        {
            environment.DisposeTimer();
            budget.Release(share);
        }
    }

    private async Task SuperviseAsync(ExecutionEnvironment environment, IWorkload workload, long share)
    {
        using var reading = new CancellationTokenSource();
        var output = environment.Log.ReadAsync(workload, reading.Token);
        var writing = environment.Log.WriteAsync();
        var plan = environment.Plan;
        try
        {
            var api = new RuntimeApi(environment.Session, environment);
            var loop = new RuntimeConnection(environment.Session, environment);
            await using var runtime = endpoints.Serve(workload.Listeners[EnvironmentSpec.RuntimeApiListener].AcceptAsync, api.HandleAsync, loop.ServeAsync);
            await using var region = endpoints.ServeRegion(
                workload.Listeners[EnvironmentSpec.RegionListener].AcceptAsync,
                new WorkloadIdentity(environment.Id, plan.Function.Scope, plan.VersionArn));
            var exit = await EndAsync(environment, workload);
            if (environment.Busy is { } answer)
            {
                await Task.WhenAny(answer, Task.Delay(LastAnswerTime, time));
            }

            environment.OnExited(exit);
            await Task.WhenAny(output, Task.Delay(DrainTime, time));
            await LearnAsync(environment, workload);
        }
        catch (Exception unexpected)
        {
            LogSupervisorFailed(logger, environment.Id, unexpected);
            environment.OnExited(new WorkloadExit { Lost = true });
        }
        finally
        {
            try
            {
                await reading.CancelAsync();
                await workload.DisposeAsync();
                await output;
                await environment.Log.CloseAsync();
                await writing;
            }
            finally
            {
                // Whatever failed before: the machine's memory must not be counted as taken for ever.
                environment.DisposeTimer();
                budget.Release(share);
            }
        }
    }

    // A deletion marks the pool before it forgets the function, so one of the two looks sees it.
    private async ValueTask LearnAsync(ExecutionEnvironment environment, IWorkload workload)
    {
        var max = await MaxMemoryAsync(workload);
        if (environment.Pool is { IsFunctionGone: false } pool)
        {
            budget.Learn(pool.Plan.Function, max);
            if (pool.IsFunctionGone)
            {
                budget.Forget(pool.Plan.Function);
            }
        }
    }

    /// <summary>Waits for the end of the workload, or brings it about.</summary>
    private async Task<WorkloadExit> EndAsync(ExecutionEnvironment environment, IWorkload workload)
    {
        var exit = workload.WaitAsync(CancellationToken.None);
        await Task.WhenAny(exit, environment.Killed);
        if (exit.IsCompleted)
        {
            return await exit;
        }

        using var deadline = new CancellationTokenSource(EndDeadline, time);
        try
        {
            return await workload.KillAsync(deadline.Token);
        }
        catch (Exception stuck) when (stuck is EngineException or OperationCanceledException)
        {
            LogStuck(logger, environment.Id, EndDeadline);
            return new WorkloadExit { Lost = true };
        }
    }

    private static async ValueTask<long> MaxMemoryAsync(IWorkload workload)
    {
        try
        {
            return (await workload.StatsAsync(CancellationToken.None)).MaxMemoryBytes;
        }
        catch (EngineException)
        {
            return 0;
        }
    }

    private static AwsException Describe(EngineException failed) => failed.Kind switch
    {
        EngineErrorKind.ArtifactInvalid => LambdaErrors.InvalidZip("Lambda could not unzip the deployment package."),
        EngineErrorKind.ArtifactTooLarge => LambdaErrors.InvalidZip($"Unzipped size must be smaller than {CodeLimits.UnzippedBytes} bytes"),
        EngineErrorKind.ResourceExhausted => LambdaErrors.Throttled(
            "ConcurrentInvocationLimitExceeded", $"Rate Exceeded. This machine has no room for another execution environment: {failed.Message}"),
        _ => LambdaErrors.Service($"The execution environment could not be started: {failed.Message}"),
    };

    [LoggerMessage(LogLevel.Warning, "An environment of {ResourceArn} could not be started: {Kind}: {Reason}")]
    private static partial void LogStartFailed(ILogger logger, string resourceArn, EngineErrorKind kind, string reason);

    [LoggerMessage(LogLevel.Error, "The supervision of environment {WorkloadId} failed; it is taken down")]
    private static partial void LogSupervisorFailed(ILogger logger, string workloadId, Exception error);

    [LoggerMessage(LogLevel.Warning, "Environment {WorkloadId} could not be killed within {Deadline}")]
    private static partial void LogStuck(ILogger logger, string workloadId, TimeSpan deadline);
}

/// <summary>The program that should run does not exist in the environment.</summary>
internal sealed class EntrypointException(string path) : Exception($"{path} cannot be executed.")
{
    internal string Path { get; } = path;
}
