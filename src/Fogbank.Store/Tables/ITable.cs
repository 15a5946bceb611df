namespace Fogbank.Store;

/// <summary>A <see cref="Table{T}"/> of whatever record: what a schema lists and what due work is read from.</summary>
public interface ITable : IDueSource;
