namespace Fogbank.Engines.Linux.Native;

/// <summary>The limits of setrlimit(2) by name.</summary>
internal static unsafe class ResourceLimits
{
    private static readonly string[] Names =
        ["cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime"];

    /// <summary>What the host allows of a limit: raising a hard one needs a capability that even root may lack.</summary>
    /// <exception cref="EngineException">There is no such limit, or it contradicts itself.</exception>
    internal static ResourceLimit Clamp(ResourceLimit limit)
    {
        var number = Array.IndexOf(Names, limit.Name);
        if (number < 0 || limit.Soft < -1 || limit.Hard < -1 || Number(limit.Soft) > Number(limit.Hard))
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, $"There is no limit '{limit.Name}' of {limit.Soft} to {limit.Hard}.");
        }
        var host = stackalloc ulong[2];
        var most = Libc.GetResourceLimit(number, host) == 0 ? host[1] : ulong.MaxValue;
        return new(limit.Name, (long)Math.Min(Number(limit.Soft), most), (long)Math.Min(Number(limit.Hard), most));
    }

    /// <summary>The kernel's number of a limit that was checked.</summary>
    internal static int NumberOf(string name) => Array.IndexOf(Names, name);

    private static ulong Number(long value) => value < 0 ? ulong.MaxValue : (ulong)value;
}
