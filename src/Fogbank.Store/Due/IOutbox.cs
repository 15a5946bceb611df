namespace Fogbank.Store;

/// <summary>An <see cref="Outbox{T}"/> of whatever value.</summary>
public interface IOutbox : IDueSource;
