namespace Fogbank.Engines.Process;

/// <summary>What a spec must keep to before anything of it reaches the kernel.</summary>
internal static class SpecRules
{
    // What the sandbox itself puts there.
    private static readonly string[] Reserved = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/proc", "/sys", "/dev", "/tmp", "/var/tmp"];

    internal static void Check(WorkloadSpec spec, IReadOnlyDictionary<string, string> trees)
    {
        Require(IsId(spec.Id), "its id is not 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit");
        Require(spec.Command.Count > 0 && IsPath(spec.Command[0]), "its command does not begin with an absolute path");
        Require(IsPath(spec.WorkingDirectory), "its working directory is not an absolute path");
        Require(spec.MemoryBytes >= 4096 * 1024, "it has less than 4 MiB of memory");
        Require(spec.CpuMillis is null or > 0, "its CPU limit is not above 0");
        Require(spec.MaxPids > 0, "its process limit is not above 0");
        Require(spec.TmpBytes >= 1024 * 1024, "its /tmp has less than 1 MiB");
        Require(spec.MaxOpenFiles >= 3, "its file limit is below 3");
        Require(IsUser(spec.User), "its user name is not lower-case letters, digits, '-' or '_'");
        Require(spec.HostName.Length is > 0 and <= 63 && spec.HostName.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'), "its host name is not one");
        Require(spec.StopGrace >= TimeSpan.Zero, "its grace is negative");
        Require(spec.Environment.Keys.All(name => name.Length > 0 && !name.Contains('=', StringComparison.Ordinal)), "a variable of its environment has no proper name");
        Require(spec.Endpoints.Select(endpoint => endpoint.Name).Distinct().Count() == spec.Endpoints.Count, "two endpoints have the same name");
        Require(spec.Endpoints.Count <= 16, "it has more than 16 endpoints");
        Require(spec.Endpoints.All(endpoint => endpoint.Port is > 0 and < 65536 && endpoint.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork),
            "an endpoint is not an IPv4 address with a port");
        Require(spec.Artifacts.All(mount => mount.Artifacts.Count is > 0 and <= 16), "a mount has no artifact or more than 16");
        foreach (var tree in spec.Trees)
        {
            Require(trees.ContainsKey(tree.Tree), $"the tree '{tree.Tree}' is not registered");
        }
        Support(spec.Image is null && !spec.ReadOnlyRoot, "images as roots");
        Support(spec.Volumes.Count == 0 && spec.Tmpfs.Count == 0 && spec.SharedMemoryBytes is null, "volumes and file systems in memory");
        Support(spec.Limits.Count == 0, "limits of processes beside the number of open files");
        Support(spec.AddedCapabilities.Count == 0, "capabilities");
        Support(!spec.Init && !spec.Terminal, "an init or a terminal");
        CheckTargets([.. spec.Artifacts.Select(mount => mount.Target), .. spec.Trees.Select(mount => mount.Target)]);
    }

    private static void Support(bool holds, string what)
    {
        if (!holds)
        {
            throw new EngineException(EngineErrorKind.Unsupported, $"The process engine has no {what}.");
        }
    }

    private static void CheckTargets(string[] targets)
    {
        foreach (var target in targets)
        {
            Require(IsPath(target) && target.Length > 1 && !target.EndsWith('/'), $"'{target}' is no place to mount at");
            Require(!Reserved.Any(reserved => IsWithin(target, reserved) || IsWithin(reserved, target)), $"'{target}' belongs to the system");
            Require(targets.Count(other => IsWithin(target, other)) == 1, $"'{target}' lies below another mount");
        }
    }

    private static bool IsWithin(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static bool IsPath(string path) => path.Length is > 0 and < 4096 && path[0] == '/'
        && !path.Contains('\0', StringComparison.Ordinal) && !path.Split('/').Any(part => part is ".." or ".");

    private static bool IsId(string id) => id.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(id[0])
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsUser(string user) => user.Length is > 0 and <= 32 && user != "root" && user != "nobody"
        && user.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, $"The workload's spec cannot be used: {what}.");
        }
    }
}
