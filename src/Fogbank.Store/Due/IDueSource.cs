namespace Fogbank.Store;

/// <summary>Something whose rows fall due: a table with a wake time, or an outbox.</summary>
public interface IDueSource
{
    string Name { get; }

    bool HasDueWork { get; }
}
