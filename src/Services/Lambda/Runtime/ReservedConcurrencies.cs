namespace Fogbank.Services.Lambda.Runtime;

/// <summary>What the functions of one account and region have reserved, kept as a sum. Members may be called at once.</summary>
internal sealed class ReservedConcurrencies(IEnumerable<KeyValuePair<string, int>> reservations)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _byFunction = new(reservations, StringComparer.Ordinal);
    private int _total = reservations.Sum(static reservation => reservation.Value);

    internal int Total => Volatile.Read(ref _total);

    internal void Set(string function, int? reserved)
    {
        lock (_lock)
        {
            _byFunction.Remove(function, out var before);
            if (reserved is { } now)
            {
                _byFunction[function] = now;
            }

            Volatile.Write(ref _total, _total - before + (reserved ?? 0));
        }
    }
}
