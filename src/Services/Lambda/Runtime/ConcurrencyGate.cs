using System.Collections.Concurrent;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>Counts invocations under way: against a function's reserved concurrency, or against what the account has left unreserved.</summary>
internal sealed class ConcurrencyGate(LambdaOptions options)
{
    /// <summary>Concurrency that must stay unreserved in an account.</summary>
    internal const int MinUnreserved = 100;

    private readonly ConcurrentDictionary<Scope, Counter> _accounts = new();
    private readonly ConcurrentDictionary<FunctionKey, Counter> _functions = new();

    /// <summary>Takes a place; null where none is left, and <paramref name="reason"/> says whose fault it is.</summary>
    /// <param name="function">Who wants to run.</param>
    /// <param name="reserved">Its reserved concurrency; null for none.</param>
    /// <param name="accountReserved">What all functions of the account have reserved together.</param>
    /// <param name="reason">AWS's word for the limit that was hit.</param>
    internal Lease? TryEnter(FunctionKey function, int? reserved, int accountReserved, out string reason)
    {
        var counter = reserved is null ? AccountCounter(function.Scope) : _functions.GetOrAdd(function, static _ => new Counter());
        var limit = reserved ?? options.AccountConcurrency - accountReserved;
        reason = reserved is null ? "ConcurrentInvocationLimitExceeded" : "ReservedFunctionConcurrentInvocationLimitExceeded";
        return counter.TryEnter(limit) ? new Lease(counter) : null;
    }

    /// <summary>Functions that are counted by themselves, for tests.</summary>
    internal int FunctionCount => _functions.Count;

    /// <summary>The function is deleted, or has nothing reserved any more. Places that are taken are given back all the same.</summary>
    internal void Forget(FunctionKey function) => _functions.TryRemove(function, out _);

    internal void ForgetWhere(Func<FunctionKey, bool> isMeant)
    {
        foreach (var function in _functions.Keys.Where(isMeant))
        {
            Forget(function);
        }
    }

    private Counter AccountCounter(Scope scope) => _accounts.GetOrAdd(scope, static _ => new Counter());

    internal sealed class Counter
    {
        private int _count;

        internal int Count => Volatile.Read(ref _count);

        internal bool TryEnter(int limit)
        {
            if (Interlocked.Increment(ref _count) <= limit)
            {
                return true;
            }

            Interlocked.Decrement(ref _count);
            return false;
        }

        internal void Leave() => Interlocked.Decrement(ref _count);
    }

    /// <summary>A place that is taken. Released once, by whoever completes the invocation.</summary>
    internal readonly struct Lease(Counter? counter)
    {
        internal int CountNow => counter?.Count ?? 0;

        internal void Release() => counter?.Leave();
    }
}
