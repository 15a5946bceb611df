namespace Fogbank.Services.Ecs.Domain;

/// <summary>Variables of a <c>.env</c> file: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html</summary>
internal static class EnvironmentFileText
{
    /// <summary>Lines <c>NAME=value</c>; those that are empty, begin with # or have no name are passed over.</summary>
    internal static IEnumerable<(string Name, string Value)> Parse(string text)
    {
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd('\r');
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[0] != '#')
            {
                yield return (line[..equals].Trim(), line[(equals + 1)..]);
            }
        }
    }
}
