using Fogbank.Store;

namespace Fogbank.Control;

/// <summary>
/// Brings the world to what one record wants, a step a pass. It is called for keys whose wake time has come, never for one key twice at once, and may be called late, once too
/// often, or after a crash between any two lines of it.
/// </summary>
public interface IReconciler
{
    /// <summary>
    /// One pass. A record that is not there means <see cref="Next.Done"/>. Throwing means: try again with back-off; it is logged and counted.
    /// </summary>
    ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken);
}
