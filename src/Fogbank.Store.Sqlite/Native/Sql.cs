namespace Fogbank.Store.Sqlite;

/// <summary>A statement's text with a number, by which each connection finds the statement it has prepared for it.</summary>
internal sealed class Sql(string text)
{
    private static int _last = -1;

    internal string Text { get; } = text;

    internal int Id { get; } = Interlocked.Increment(ref _last);
}
