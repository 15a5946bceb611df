using System.Globalization;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>
/// The <c>warden</c> mode of the executable: a small process beside the region that starts and ends its workloads. It is started by the
/// region, never by a user.
/// </summary>
public static class WardenProgram
{
    /// <summary>The word that selects this mode on the command line.</summary>
    public const string Command = "warden";

    /// <summary>Serves the region at the socket named by <c>--socket N</c>; returns the exit code once nothing is left to do.</summary>
    public static int Run(string[] args, params IReadOnlyList<WardenDriver> drivers)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args is not [Command, "--socket", var number] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var fd))
        {
            Console.Error.WriteLine("fogbank warden is started by fogbank itself, not by hand.");
            return 64;
        }
        // Ctrl-C goes to the whole group of the terminal; the warden ends when its region does, not before.
        _ = Libc.SetSid();
        _ = Libc.Fcntl(fd, 2, 1); // close on exec: sandboxes must not inherit the way to the region
        using (WardenServer server = new(new WardenChannel(fd), drivers))
        {
            server.Run();
        }
        // Threads that wait in the kernel are of no use any more; leave without asking them.
        Libc.Exit(0);
        return 0;
    }
}
