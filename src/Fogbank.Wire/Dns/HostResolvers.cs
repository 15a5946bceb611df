using System.Net;

namespace Fogbank.Wire.Dns;

/// <summary>The resolvers that the machine itself uses, read again when their file changes.</summary>
internal sealed class HostResolvers(string path = "/etc/resolv.conf")
{
    private const int Most = 3;
    private volatile Read _read = new(default, []);

    /// <summary>In the order in which they are to be asked; empty where the machine has none.</summary>
    internal IReadOnlyList<IPEndPoint> Current()
    {
        try
        {
            var changed = File.GetLastWriteTimeUtc(path);
            if (changed != _read.Changed)
            {
                _read = new(changed, Parse(File.ReadLines(path)));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What was read last goes on.
        }
        return _read.Servers;
    }

    internal static List<IPEndPoint> Parse(IEnumerable<string> lines)
    {
        List<IPEndPoint> servers = [];
        foreach (var line in lines.Take(1000))
        {
            var words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var text, ..] && servers.Count < Most && IPAddress.TryParse(text, out var address))
            {
                servers.Add(new(address, 53));
            }
        }
        return servers;
    }

    private sealed record Read(DateTime Changed, IReadOnlyList<IPEndPoint> Servers);
}
