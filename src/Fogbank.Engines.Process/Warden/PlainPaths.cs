using Fogbank.Engines.Process.Protocol;

namespace Fogbank.Engines.Process.Warden;

/// <summary>Where a workload cannot have a root of its own, real folders take the place of its mount targets wherever it is told a path.</summary>
internal static class PlainPaths
{
    /// <summary>Rewrites command, working directory and environment. Several sources of one target are copied together below <paramref name="folder"/>.</summary>
    internal static SandboxSpec Rewrite(SandboxSpec spec, string folder)
    {
        List<(string Target, string Real)> places = [];
        foreach (var mount in spec.Mounts)
        {
            if (mount.Sources.Count == 1)
            {
                places.Add((mount.Target, mount.Sources[0]));
                continue;
            }
            var merged = Path.Combine(folder, "merged", places.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
            foreach (var source in mount.Sources)
            {
                Copy(source, merged);
            }
            places.Add((mount.Target, merged));
        }
        var tmp = Path.Combine(folder, "tmp");
        Directory.CreateDirectory(tmp);
        return spec with
        {
            Command = [.. spec.Command.Select(argument => Replace(argument, places))],
            WorkingDirectory = Replace(spec.WorkingDirectory, places),
            Environment = [.. spec.Environment.Select(variable => ReplaceInVariable(variable, places)), "TMPDIR=" + tmp],
        };
    }

    private static string ReplaceInVariable(string variable, List<(string Target, string Real)> places)
    {
        var equals = variable.IndexOf('=', StringComparison.Ordinal);
        return string.Concat(variable.AsSpan(0, equals + 1), string.Join(':', variable[(equals + 1)..].Split(':').Select(part => Replace(part, places))));
    }

    private static string Replace(string path, List<(string Target, string Real)> places)
    {
        foreach (var (target, real) in places)
        {
            if (path == target || path.StartsWith(target + "/", StringComparison.Ordinal))
            {
                return real + path[target.Length..];
            }
        }
        return path;
    }

    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos())
        {
            var to = Path.Combine(target, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                File.Delete(to);
                File.CreateSymbolicLink(to, link);
            }
            else if (entry is DirectoryInfo)
            {
                Copy(entry.FullName, to);
            }
            else
            {
                File.Copy(entry.FullName, to, overwrite: true);
            }
        }
    }
}
