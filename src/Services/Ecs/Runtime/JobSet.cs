namespace Fogbank.Services.Ecs.Runtime;

/// <summary>Work of one task that is under way: each name once at a time, after a failure not sooner than its rest is over.</summary>
internal sealed class JobSet(TimeProvider time, Func<string, Exception, DateTimeOffset, Task> failed) : IAsyncDisposable
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Job> _jobs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private bool _isClosed;

    private sealed class Job
    {
        internal Task Run { get; set; } = Task.CompletedTask;

        internal CancellationTokenSource? Cancel { get; set; }

        internal DateTimeOffset NotBefore { get; set; }

        internal TimeSpan Rest { get; set; } = FirstRest;
    }

    /// <summary>Begins a job where it is not under way and does not rest.</summary>
    internal void Begin(string name, Func<CancellationToken, Task> run)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            if (!_jobs.TryGetValue(name, out var job))
            {
                _jobs[name] = job = new();
            }

            if (!job.Run.IsCompleted || job.NotBefore > time.GetUtcNow())
            {
                return;
            }

            job.Cancel?.Dispose();
            job.Cancel = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            var token = job.Cancel.Token;
            job.Run = Task.Run(() => RunAsync(name, job, run, token), CancellationToken.None);
        }
    }

    /// <summary>Ends the jobs of these names and waits for them.</summary>
    internal async Task CancelAsync(Func<string, bool> isMeant)
    {
        List<Job> meant;
        lock (_lock)
        {
            meant = [.. _jobs.Where(pair => isMeant(pair.Key)).Select(pair => pair.Value)];
        }

        foreach (var job in meant)
        {
            if (!job.Run.IsCompleted && job.Cancel is { } cancel)
            {
                await cancel.CancelAsync();
                await job.Run;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Job> all;
        lock (_lock)
        {
            _isClosed = true;
            all = [.. _jobs.Values];
        }

        await _end.CancelAsync();
        await Task.WhenAll(all.Select(job => job.Run));
        foreach (var job in all)
        {
            job.Cancel?.Dispose();
        }

        _end.Dispose();
    }

    private async Task RunAsync(string name, Job job, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        try
        {
            await run(cancellationToken);
            job.Rest = FirstRest;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever ended it knows.
        }
        catch (Exception unexpected)
        {
            var until = time.GetUtcNow() + job.Rest;
            job.NotBefore = until;
            job.Rest = job.Rest * 2 > LongestRest ? LongestRest : job.Rest * 2;
            await failed(name, unexpected, until);
        }
    }
}
