using System.Globalization;
using System.Text.Json;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>Writes a container's <c>config.json</c> in the form of the OCI runtime specification.</summary>
internal sealed class Bundle(ContainerSpec spec, GroupRecord group, MountPoints points)
{
    // What Docker hides and write-protects, so that images find what they know.
    private static readonly string[] Masked =
    [
        "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/interrupts", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadOnly =
    [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
        // With version 1 the runtime leaves the file system that holds the mounts of the hierarchies writable.
        "/sys/fs/cgroup",
    ];

    internal required string CgroupPath { get; init; }

    internal required ImageUser User { get; init; }

    internal required string EtcFolder { get; init; }

    internal required bool OwnTmp { get; init; }

    /// <summary>The runtime takes the filter ready made.</summary>
    internal required bool PrecompiledFilter { get; init; }

    /// <summary>The init's file, or null without one.</summary>
    internal required string? InitFile { get; init; }

    /// <summary>Variables that are added to those of the spec.</summary>
    internal required IReadOnlyList<string> AddedEnvironment { get; init; }

    internal byte[] Write()
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion"u8, "1.0.0"u8);
            json.WriteString("hostname"u8, spec.HostName);
            json.WriteStartObject("root"u8);
            json.WriteString("path"u8, points.Root);
            json.WriteBoolean("readonly"u8, spec.ReadOnlyRoot);
            json.WriteEndObject();
            Process(json);
            Mounts(json);
            Linux(json);
            json.WriteStartObject("annotations"u8);
            if (PrecompiledFilter)
            {
                json.WriteString("run.oci.seccomp_bpf_data"u8, Convert.ToBase64String(SeccompProfile.Of(spec.Capabilities)));
            }
            foreach (var (name, value) in spec.Labels)
            {
                json.WriteString(name, value);
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private void Process(Utf8JsonWriter json)
    {
        json.WriteStartObject("process"u8);
        json.WriteBoolean("terminal"u8, spec.Terminal);
        json.WriteStartObject("user"u8);
        json.WriteNumber("uid"u8, User.Uid);
        json.WriteNumber("gid"u8, User.Gid);
        json.WriteNumber("umask"u8, 18);
        json.WriteStartArray("additionalGids"u8);
        foreach (var gid in User.Groups)
        {
            json.WriteNumberValue(gid);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        Texts(json, "args", InitFile is null ? spec.Command : [InitProgram.Place]);
        Texts(json, "env", [.. spec.Environment, .. AddedEnvironment]);
        json.WriteString("cwd"u8, spec.WorkingDirectory);
        json.WriteBoolean("noNewPrivileges"u8, spec.NoNewPrivileges); // images count on programs that change the user
        Capabilities(json);
        json.WriteStartArray("rlimits"u8);
        foreach (var limit in spec.Limits)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "RLIMIT_" + limit.Name.ToUpperInvariant());
            json.WriteNumber("soft"u8, (ulong)limit.Soft);
            json.WriteNumber("hard"u8, (ulong)limit.Hard);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Capabilities(Utf8JsonWriter json)
    {
        json.WriteStartObject("capabilities"u8);
        Texts(json, "bounding", spec.Capabilities);
        // Another user than root gets none, but may gain those of the set by a program's file: Docker does the same.
        IReadOnlyList<string> held = User.Uid == 0 ? spec.Capabilities : [];
        Texts(json, "effective", held);
        Texts(json, "permitted", held);
        Texts(json, "inheritable", []);
        Texts(json, "ambient", []);
        json.WriteEndObject();
    }

    private void Mounts(Utf8JsonWriter json)
    {
        json.WriteStartArray("mounts"u8);
        Mount(json, "/proc", "proc", "proc", "nosuid", "noexec", "nodev");
        Mount(json, "/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
        Mount(json, "/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5");
        Mount(json, "/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
        Mount(json, "/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777",
            string.Create(CultureInfo.InvariantCulture, $"size={spec.SharedMemoryBytes ?? 64L * 1024 * 1024}"));
        Mount(json, "/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
        Mount(json, "/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid", "noexec", "nodev");
        foreach (var name in (string[])["hosts", "resolv.conf", "hostname"])
        {
            Mount(json, "/etc/" + name, "bind", Path.Combine(EtcFolder, name), "rbind", "rprivate", "nosuid", "nodev");
        }
        if (InitFile is not null)
        {
            Mount(json, InitProgram.Place, "bind", InitFile, "bind", "rprivate", "nosuid", "nodev", "ro");
        }
        if (OwnTmp)
        {
            Mount(json, "/tmp", "bind", points.Tmp, "bind", "rprivate", "nosuid", "nodev");
        }
        foreach (var volume in spec.Volumes)
        {
            Mount(json, volume.Target, "bind", points.Volume(volume.Volume), ["bind", "rprivate", "nosuid", "nodev", .. volume.ReadOnly ? (string[])["ro"] : []]);
        }
        foreach (var tmpfs in spec.Tmpfs)
        {
            Mount(json, tmpfs.Target, "tmpfs", "tmpfs",
                ["nosuid", "nodev", string.Create(CultureInfo.InvariantCulture, $"size={tmpfs.SizeBytes}"), .. tmpfs.Options]);
        }
        json.WriteEndArray();
    }

    private void Linux(Utf8JsonWriter json)
    {
        json.WriteStartObject("linux"u8);
        json.WriteString("cgroupsPath"u8, CgroupPath);
        Resources(json);
        json.WriteStartArray("namespaces"u8);
        Namespace(json, "mount", null);
        Namespace(json, "ipc", null);
        Namespace(json, "uts", null);
        Namespace(json, "cgroup", null);
        // Process 1 of the monitor's /proc is the group's keeper.
        Namespace(json, "pid", group.SharePids ? "/proc/1/ns/pid" : null);
        Namespace(json, "network", "/proc/1/ns/net");
        json.WriteEndArray();
        if (!PrecompiledFilter)
        {
            Filter(json);
        }
        json.WriteStartObject("sysctl"u8);
        foreach (var (name, value) in group.Sysctls)
        {
            json.WriteString(name, value);
        }
        json.WriteEndObject();
        Texts(json, "maskedPaths", Masked);
        Texts(json, "readonlyPaths", ReadOnly);
        json.WriteEndObject();
    }

    private void Filter(Utf8JsonWriter json)
    {
        json.WriteStartObject("seccomp"u8);
        json.WriteString("defaultAction"u8, "SCMP_ACT_ALLOW"u8);
        json.WriteStartArray("syscalls"u8);
        json.WriteStartObject();
        Texts(json, "names", [.. SeccompProfile.Denied(spec.Capabilities)]);
        json.WriteString("action"u8, "SCMP_ACT_ERRNO"u8);
        json.WriteNumber("errnoRet"u8, 1);
        json.WriteEndObject();
        json.WriteStartObject();
        Texts(json, "names", ["clone3"]);
        json.WriteString("action"u8, "SCMP_ACT_ERRNO"u8);
        json.WriteNumber("errnoRet"u8, 38);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Resources(Utf8JsonWriter json)
    {
        json.WriteStartObject("resources"u8);
        json.WriteStartObject("memory"u8);
        json.WriteNumber("limit"u8, spec.MemoryBytes);
        json.WriteNumber("swap"u8, spec.MemoryBytes);
        if (spec.MemoryReservationBytes is { } reservation)
        {
            json.WriteNumber("reservation"u8, reservation);
        }
        json.WriteEndObject();
        json.WriteStartObject("pids"u8);
        json.WriteNumber("limit"u8, spec.MaxPids);
        json.WriteEndObject();
        json.WriteStartObject("cpu"u8);
        json.WriteNumber("shares"u8, spec.CpuShares ?? 1024);
        if (spec.CpuMillis is { } millis && !spec.StartUnthrottled)
        {
            var (quota, period) = Fogbank.Engines.Linux.Cgroups.Cgroup.Quota(millis);
            json.WriteNumber("quota"u8, quota);
            json.WriteNumber("period"u8, period);
        }
        json.WriteEndObject();
        Devices(json);
        json.WriteEndObject();
    }

    private static void Devices(Utf8JsonWriter json)
    {
        json.WriteStartArray("devices"u8);
        Device(json, allow: false, null, null, null, "rwm");
        Device(json, allow: true, "c", null, null, "m");
        Device(json, allow: true, "b", null, null, "m");
        foreach (var (major, minor) in ((int, int?)[])[(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2), (136, null)])
        {
            Device(json, allow: true, "c", major, minor, "rwm");
        }
        json.WriteEndArray();
    }

    private static void Device(Utf8JsonWriter json, bool allow, string? type, int? major, int? minor, string access)
    {
        json.WriteStartObject();
        json.WriteBoolean("allow"u8, allow);
        if (type is not null)
        {
            json.WriteString("type"u8, type);
        }
        if (major is { } number)
        {
            json.WriteNumber("major"u8, number);
        }
        if (minor is { } second)
        {
            json.WriteNumber("minor"u8, second);
        }
        json.WriteString("access"u8, access);
        json.WriteEndObject();
    }

    private static void Namespace(Utf8JsonWriter json, string type, string? path)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        if (path is not null)
        {
            json.WriteString("path"u8, path);
        }
        json.WriteEndObject();
    }

    private static void Mount(Utf8JsonWriter json, string target, string type, string source, params IReadOnlyList<string> options)
    {
        json.WriteStartObject();
        json.WriteString("destination"u8, target);
        json.WriteString("type"u8, type);
        json.WriteString("source"u8, source);
        Texts(json, "options", options);
        json.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }
        json.WriteEndArray();
    }
}
