namespace Fogbank.Store;

/// <summary>Names of tables, columns and databases become SQL identifiers and file names, so they are checked here once.</summary>
internal static class StoreNames
{
    internal static void Check(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > 64 || !char.IsAsciiLetterLower(name[0]))
        {
            throw new ArgumentException($"\"{name}\" is not a store name.", nameof(name));
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('.' or '-' or '_'))
            {
                throw new ArgumentException($"\"{name}\" is not a store name: lower case letters, digits, dots, hyphens, underscores.", nameof(name));
            }
        }
    }
}
