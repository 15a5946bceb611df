using System.Text;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Images;

/// <summary>What can be wrong with a layer, in words.</summary>
internal static class LayerErrors
{
    private const int EXDev = 18, EIsDir = 21, EFBig = 27, ERoFs = 30, EMLink = 31, EDom = 33, ERange = 34, ENameTooLong = 36, EOpNotSupp = 95, EDQuot = 122;
    private const int E2Big = 7;

    internal static EngineException Invalid(string why, Exception? cause = null) =>
        new(EngineErrorKind.ArtifactInvalid, $"The image layer cannot be used: {why}.", cause);

    internal static EngineException Invalid(string why, ReadOnlySpan<byte> path) => Invalid($"{why}: {Show(path)}");

    internal static EngineException TooLarge(string what) => new(EngineErrorKind.ArtifactTooLarge, $"The image layer is too large: {what}.");

    /// <summary>A system call failed on something that the archive names.</summary>
    internal static EngineException Failed(string step, ReadOnlySpan<byte> path)
    {
        var error = Libc.Errno;
        var what = $"{step} of {Show(path)}";
        return error switch
        {
            Const.ENoSpc or EDQuot => new(EngineErrorKind.ResourceExhausted, $"There is no room left for image layers ({what}: {Libc.Describe(error)})."),
            Const.ENoMem or Const.EMFile or Const.ENFile => new(EngineErrorKind.ResourceExhausted, $"{what} failed: {Libc.Describe(error)}."),
            EXDev or Const.ELoop => Invalid($"{what} would lead out of it through a symbolic link"),
            Const.ENotDir or EIsDir or Const.EExist or Const.ENoEnt => Invalid($"{what} does not fit what the archive had before ({Libc.Describe(error)})"),
            ENameTooLong or Const.EInval or EDom => Invalid($"{what} failed: {Libc.Describe(error)}"),
            EFBig or EMLink or ERange or E2Big => TooLarge($"{what} failed: {Libc.Describe(error)}"),
            Const.EPerm or Const.EAcces => new(EngineErrorKind.Unsupported, $"Fogbank may not unpack image layers here ({what}: {Libc.Describe(error)}); it needs to be root, and a file system that is not itself an overlay."),
            EOpNotSupp or Const.ENoSys or ERoFs => new(EngineErrorKind.Unsupported, $"The file system of the layers or the kernel cannot hold this one ({what}: {Libc.Describe(error)})."),
            _ => new(EngineErrorKind.StartFailed, $"An image layer could not be unpacked: {what}: {Libc.Describe(error)}."),
        };
    }

    /// <summary>A path as it can be shown: at most 200 characters, nothing that a terminal would obey.</summary>
    internal static string Show(ReadOnlySpan<byte> path)
    {
        var text = Encoding.UTF8.GetString(path.Length > 200 ? path[..200] : path);
        StringBuilder shown = new("'", text.Length + 2);
        foreach (var c in text)
        {
            shown.Append(char.IsControl(c) ? '?' : c);
        }
        return shown.Append(path.Length > 200 ? "…'" : "'").ToString();
    }
}
