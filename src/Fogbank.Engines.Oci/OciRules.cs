using System.Net.Sockets;

namespace Fogbank.Engines.Oci;

/// <summary>What specs must keep to before anything of them reaches the kernel.</summary>
internal static class OciRules
{
    internal static void Check(GroupSpec spec)
    {
        const string what = "group";
        Require(IsId(spec.Id), what, "its id is not 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit");
        Require(spec.MemoryBytes is null or >= 4096 * 1024, what, "it has less than 4 MiB of memory");
        Require(spec.CpuMillis is null or > 0, what, "its CPU limit is not above 0");
        Require(spec.MaxPids is null or > 0, what, "its process limit is not above 0");
        Require(spec.StorageBytes >= 1024 * 1024, what, "its storage has less than 1 MiB");
        Require(spec.Volumes.All(IsVolume) && spec.Volumes.Distinct().Count() == spec.Volumes.Count, what, "a volume's name is not 1 to 255 letters, digits, '-' or '_', or there twice");
        Require(IsHostName(spec.HostName), what, "its host name is not one");
        Endpoints(spec.Endpoints, what);
        foreach (var (name, address) in spec.Hosts)
        {
            Require(IsHostName(name) && System.Net.IPAddress.TryParse(address, out _), what, $"'{name}' with '{address}' is no line of /etc/hosts");
        }
        Require(spec.NameServers.All(server => System.Net.IPAddress.TryParse(server, out _)), what, "a name server is not an address");
        Require(spec.SearchDomains.All(IsHostName), what, "a search domain is not one");
        foreach (var (name, value) in spec.Sysctls)
        {
            Require(SysctlRules.IsNamespaced(name) && value.Length is > 0 and < 256 && value.All(c => c is >= ' ' and < (char)127), what, $"the kernel setting '{name}' is not known to be its own");
        }
    }

    /// <summary>Checks a workload, of a group with these volumes, or with null of none.</summary>
    internal static void Check(WorkloadSpec spec, IReadOnlyList<string>? groupVolumes)
    {
        const string what = "workload";
        Require(IsId(spec.Id), what, "its id is not 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit");
        Require(spec.Image is not null, what, "it has no image");
        Require(spec.Command.Count > 0 && spec.Command[0].Length > 0, what, "it has no command");
        Require(spec.Command.All(IsText), what, "its command has a NUL");
        Require(IsPath(spec.WorkingDirectory), what, "its working directory is not an absolute path");
        Require(spec.MemoryBytes >= 4096 * 1024, what, "it has less than 4 MiB of memory");
        Require(spec.CpuMillis is null or > 0, what, "its CPU limit is not above 0");
        Require(spec.MaxPids > 0, what, "its process limit is not above 0");
        Require(spec.TmpBytes is 0 or >= 1024 * 1024, what, "its /tmp has less than 1 MiB");
        Require(spec.MaxOpenFiles >= 3, what, "its file limit is below 3");
        Require(spec.StorageBytes >= 1024 * 1024, what, "its storage has less than 1 MiB");
        Require(spec.User.Length <= 256 && spec.User.All(c => c is > ' ' and < (char)127), what, "its user is not one");
        Require(IsHostName(spec.HostName), what, "its host name is not one");
        Require(spec.StopGrace >= TimeSpan.Zero, what, "its grace is negative");
        Require((int)spec.StopSignal is > 0 and <= 64, what, "its stop signal is not 1 to 64");
        Require(spec.Environment.All(pair => pair.Key.Length > 0 && !pair.Key.Contains('=', StringComparison.Ordinal) && IsText(pair.Key) && IsText(pair.Value)), what, "a variable of its environment has no proper name, or a NUL");
        Require(spec.CpuShares is null or (>= 2 and <= 262144), what, "its CPU shares are not 2 to 262144");
        Require(spec.MemoryReservationBytes is null || (spec.MemoryReservationBytes > 0 && spec.MemoryReservationBytes <= spec.MemoryBytes), what, "its memory reservation is not between 0 and its limit");
        Require(spec.SharedMemoryBytes is null or > 0, what, "its shared memory is not above 0");
        Endpoints(spec.Endpoints, what);
        if (groupVolumes is not null)
        {
            Require(spec.Network is null && spec.Endpoints.Count == 0, what, "network and endpoints are those of its group");
        }
        foreach (var volume in spec.Volumes)
        {
            Require(groupVolumes?.Contains(volume.Volume) == true, what, $"its group has no volume '{volume.Volume}'");
        }
        string[] targets = [.. spec.Volumes.Select(volume => volume.Target), .. spec.Tmpfs.Select(tmpfs => tmpfs.Target)];
        foreach (var target in targets)
        {
            Require(IsPath(target) && target.Length > 1 && !IsWithin(target, "/proc") && !IsWithin(target, "/sys"), what, $"'{target}' is no place to mount at");
        }
        Require(targets.Distinct().Count() == targets.Length, what, "two mounts have the same place");
        Require(spec.Tmpfs.All(tmpfs => tmpfs.SizeBytes > 0 && tmpfs.Options.All(TmpfsOptions.IsKnown)), what, "a file system in memory has no size, or an option that is not known");
        Support(spec.Artifacts.Count == 0 && spec.Trees.Count == 0, "artifacts or folders of the host's");
    }

    private static void Endpoints(IReadOnlyList<EndpointSpec> endpoints, string what)
    {
        Require(endpoints.Select(endpoint => endpoint.Name).Distinct().Count() == endpoints.Count, what, "two endpoints have the same name");
        Require(endpoints.Count <= 16, what, "it has more than 16 endpoints");
        Require(endpoints.All(endpoint => endpoint.Port is > 0 and < 65536 && endpoint.Address.AddressFamily == AddressFamily.InterNetwork), what,
            "an endpoint is not an IPv4 address with a port");
    }

    private static bool IsWithin(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static bool IsText(string text) => !text.Contains('\0', StringComparison.Ordinal);

    private static bool IsPath(string path) => path.Length is > 0 and < 4096 && path[0] == '/' && IsText(path) && !path.Split('/').Any(part => part is ".." or ".");

    private static bool IsId(string id) => id.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(id[0])
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsVolume(string name) => name.Length is > 0 and <= 255 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool IsHostName(string name) => name.Length is > 0 and <= 253 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    private static void Support(bool holds, string what)
    {
        if (!holds)
        {
            throw new EngineException(EngineErrorKind.Unsupported, $"The oci engine has no {what}.");
        }
    }

    private static void Require(bool condition, string whose, string what)
    {
        if (!condition)
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, $"The {whose}'s spec cannot be used: {what}.");
        }
    }
}
