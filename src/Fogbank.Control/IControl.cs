using Fogbank.Store;

namespace Fogbank.Control;

/// <summary>Where modules register their due work. It runs from when the control loop starts.</summary>
public interface IControl
{
    /// <summary>Runs a reconciler for the rows of a table that has a wake time.</summary>
    void Add<T>(IDatabase database, Table<T> table, IReconciler reconciler, WorkOptions? options = null)
        where T : class;

    /// <summary>Runs a consumer for an outbox.</summary>
    void Add<T>(IDatabase database, Outbox<T> outbox, IOutboxConsumer<T> consumer, WorkOptions? options = null)
        where T : class;
}
