namespace Fogbank.Store;

/// <summary>Something whose rows fall due: a table with a wake time, or an outbox.</summary>
public interface IDueSource
{
    /// <summary>Its name in the database; meters and messages carry it.</summary>
    string Name { get; }

    /// <summary>False for a table whose records have no wake time.</summary>
    bool HasDueWork { get; }
}
