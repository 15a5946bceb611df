namespace Fogbank.Store;

/// <summary>
/// What one owner (a service) keeps in one database. Several owners may share a database (<c>control</c>): each opens it with its own schema and has
/// its own version there.
/// </summary>
public sealed record DatabaseSchema
{
    /// <summary>The database: <c>control</c>, <c>s3</c>, <c>logs</c>, …; its file is named after it.</summary>
    public required string Database { get; init; }

    /// <summary>The service these tables belong to: <c>iam</c>. One owner opens a database once.</summary>
    public required string Owner { get; init; }

    public IReadOnlyList<ITable> Tables { get; init; } = [];

    public IReadOnlyList<IOutbox> Outboxes { get; init; } = [];

    public IReadOnlyList<ILog> Logs { get; init; } = [];

    /// <summary>
    /// Numbered 1, 2, 3, … and never edited once released. Tables and new index columns need no step; changes to what stored records mean do.
    /// A new file starts at <see cref="Version"/> without running any.
    /// </summary>
    public IReadOnlyList<MigrationStep> Steps { get; init; } = [];

    /// <summary>The number of the last step. A file of a later version is refused.</summary>
    public int Version => Steps.Count;
}
