namespace Fogbank.Store.Sqlite;

/// <summary>One caller's transaction, waiting for the writer.</summary>
internal abstract class WriteWork
{
    internal abstract bool IsCancelled { get; }

    /// <summary>Runs the body and keeps its result until the commit.</summary>
    internal abstract void Run(SqliteTransaction transaction);

    internal abstract void Complete();

    internal abstract void Fail(Exception failure);

    internal abstract void Cancel();
}

internal sealed class WriteWork<TState, TResult>(
    TState state, Func<ITransaction, TState, TResult> body, CancellationToken cancellationToken) : WriteWork
{
    // Continuations must not run on the writer's thread: they would hold up everybody behind them.
    private readonly TaskCompletionSource<TResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? _result;

    internal Task<TResult> Task => _done.Task;

    internal override bool IsCancelled => cancellationToken.IsCancellationRequested;

    internal override void Run(SqliteTransaction transaction) => _result = body(transaction, state);

    internal override void Complete() => _done.TrySetResult(_result!);

    internal override void Fail(Exception failure) => _done.TrySetException(failure);

    internal override void Cancel() => _done.TrySetCanceled(cancellationToken);
}
