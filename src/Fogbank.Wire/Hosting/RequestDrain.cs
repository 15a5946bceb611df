namespace Fogbank.Wire.Hosting;

/// <summary>Counts the requests under way on the region's own port, so that a stop can let them end.</summary>
internal sealed class RequestDrain
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One more than the requests under way, until the drain begins.
    private int _count = 1;
    private int _isClosed;

    /// <summary>Whether a request may begin. Each that may must <see cref="Exit"/>.</summary>
    public bool TryEnter()
    {
        // Counted first and asked then: otherwise a request could slip in between the asking and the end of the wait.
        Interlocked.Increment(ref _count);
        if (Volatile.Read(ref _isClosed) == 0)
        {
            return true;
        }

        Exit();
        return false;
    }

    public void Exit()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>Lets no more requests begin, and waits until none is under way or <paramref name="deadline"/> comes.</summary>
    public async Task CloseAsync(CancellationToken deadline)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            Exit();
        }

        await Task.WhenAny(_empty.Task, Task.Delay(Timeout.Infinite, deadline));
    }
}
