namespace Fogbank.Store;

/// <summary>The head of an ordering key.</summary>
/// <param name="Number">Unique and growing in its database; the same at every attempt, so a consumer can use it to recognise a repetition.</param>
/// <param name="Attempts">How often it was postponed before.</param>
public sealed record OutboxItem<T>(StoreKey OrderingKey, long Number, int Attempts, T Value)
    where T : class;
