using System.Runtime.InteropServices;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>
/// An executable of system calls alone that stands for the OCI runtime: it places itself into a container's control groups and becomes
/// the runtime, whose children are then there as well.
/// </summary>
internal static class RuntimeProgram
{
    internal static string PathOf(string folder) => Path.Combine(folder, "runtime");

    internal static byte[] Build(IReadOnlyList<string> placements, string runtime, string folder, string state, string container)
    {
        LaunchProgram code = new();
        Place(code, placements);
        code.Call("execute", Sys.Execve, code.Text(runtime), code.Texts(
        [
            runtime, "--cgroup-manager=disabled", "--root", state, "create", "--bundle", folder, "--pid-file", Path.Combine(folder, "pid"), "--no-new-keyring", container,
        ]), code.Texts(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]));
        code.Fail(-1);
        return LauncherImage.BuildWith(RuntimeInformation.ProcessArchitecture, code.Build());
    }

    /// <summary>Goes into control groups.</summary>
    internal static void Place(LaunchProgram code, IReadOnlyList<string> placements)
    {
        var zero = code.Text("0");
        foreach (var path in placements)
        {
            var open = code.Call("open", Sys.OpenAt, Const.AtFdCwd, code.Text(path), Const.OWrOnly | Const.OCloExec, 0);
            open.Into(code.Call("control group", Sys.Write, 0, zero, 1).Argument(0));
        }
    }
}
