using Fogbank.Store;

namespace Fogbank.Control;

/// <summary>Takes the rows of an outbox, in order per ordering key, at least once each.</summary>
public interface IOutboxConsumer<T>
    where T : class
{
    /// <summary>
    /// Handles the head of an ordering key. <see cref="Next.Done"/> removes it; <see cref="Next.After"/> keeps it and lets its ordering key rest; throwing does so with back-off,
    /// is logged and counted. A consumer that must give up at some time looks at <see cref="OutboxItem{T}.Attempts"/> and answers <see cref="Next.Done"/>.
    /// </summary>
    ValueTask<Next> ConsumeAsync(OutboxItem<T> item, CancellationToken cancellationToken);
}
