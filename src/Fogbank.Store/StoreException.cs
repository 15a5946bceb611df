namespace Fogbank.Store;

/// <summary>The store cannot do its work. Expected outcomes (not there, lost the race) are return values instead.</summary>
public sealed class StoreException : Exception
{
    public StoreException(StoreError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    public StoreError Error { get; }
}
