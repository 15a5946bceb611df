namespace Fogbank.Store;

/// <summary>A page of a scan.</summary>
/// <param name="Items">Rows in the order of the scan, at most as many as were asked for.</param>
/// <param name="Next">Where the next page begins; null when there is nothing behind this one.</param>
public sealed record ScanPage<T>(IReadOnlyList<Entry<T>> Items, ScanToken? Next)
    where T : class;
