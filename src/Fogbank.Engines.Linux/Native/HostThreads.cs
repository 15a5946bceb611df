using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Fogbank.Engines.Linux.Native;

/// <summary>
/// Threads in the machine's own namespaces, for those who are in others. They must be made by a thread that is in the machine's, too: a
/// new thread is where its maker is.
/// </summary>
internal sealed class HostThreads : IDisposable
{
    private readonly BlockingCollection<Action> _work = new(4096);

    internal HostThreads(int count)
    {
        for (var i = 0; i < count; i++)
        {
            new Thread(Work, 512 * 1024) { IsBackground = true, Name = "host" }.Start();
        }
    }

    /// <summary>Does something there and waits for it.</summary>
    internal T Run<T>(Func<T> action)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        using ManualResetEventSlim done = new();
        _work.Add(() =>
        {
            try
            {
                result = action();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error); // thrown again where it was asked for
            }
            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result!;
    }

    private void Work()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }

    /// <summary>The threads end after what was asked for.</summary>
    public void Dispose() => _work.CompleteAdding();
}
