using System.Collections.Concurrent;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>
/// Keeps the environments of all functions within the machine's memory. An environment counts for what its function was seen to use, with
/// a quarter on top, at most its memory size: functions ask for memory to get CPU, and seldom use it.
/// </summary>
internal sealed class MemoryBudget
{
    private const long FirstGuessBytes = 128L << 20;

    private readonly ConcurrentDictionary<FunctionKey, long> _seen = new();
    private readonly Lock _lock = new();
    private readonly long _budgetBytes;
    private readonly int _maxCount;
    private long _usedBytes;
    private int _count;

    public MemoryBudget(LambdaOptions options)
    {
        _budgetBytes = options.MemoryBudgetBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 5 * 4;
        _maxCount = options.MaxEnvironments;
    }

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>What an environment of a function will count for.</summary>
    internal long Estimate(FunctionKey function, int memoryMegabytes)
    {
        var size = (long)memoryMegabytes << 20;
        return Math.Min(size, _seen.TryGetValue(function, out var seen) ? seen + (seen / 4) : FirstGuessBytes);
    }

    internal bool HasRoom(long bytes)
    {
        lock (_lock)
        {
            return _count < _maxCount && _usedBytes + bytes <= _budgetBytes;
        }
    }

    internal bool TryReserve(long bytes)
    {
        lock (_lock)
        {
            if (_count >= _maxCount || _usedBytes + bytes > _budgetBytes)
            {
                return false;
            }

            _count++;
            _usedBytes += bytes;
            return true;
        }
    }

    internal void Release(long bytes)
    {
        lock (_lock)
        {
            _count--;
            _usedBytes -= bytes;
        }
    }

    /// <summary>Remembers what an environment used at most.</summary>
    internal void Learn(FunctionKey function, long maxBytes) =>
        _seen.AddOrUpdate(function, maxBytes, (_, before) => Math.Max(before, maxBytes));

    /// <summary>Functions of which something is remembered, for tests.</summary>
    internal int SeenCount => _seen.Count;

    internal void Forget(FunctionKey function) => _seen.TryRemove(function, out _);

    internal void ForgetWhere(Func<FunctionKey, bool> isMeant)
    {
        foreach (var function in _seen.Keys.Where(isMeant))
        {
            Forget(function);
        }
    }
}
