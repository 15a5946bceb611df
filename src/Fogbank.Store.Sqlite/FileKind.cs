namespace Fogbank.Store.Sqlite;

/// <summary>What a numbered file holds. The numbers are stored.</summary>
internal enum FileKind
{
    Blob = 0,
    Segment = 1,
}
