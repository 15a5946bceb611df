using System.Diagnostics;
using Fogbank.Engines;
using Fogbank.Engines.Oci.Images;
using Xunit;

namespace Fogbank.Tests.Unit.Engines.Images;

/// <summary>A folder to unpack in. Ownership, devices and mounts want root: without it these tests are skipped.</summary>
public sealed class LayerFixture : IDisposable
{
    public LayerFixture()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        Folder = Directory.CreateTempSubdirectory("fogbank-layer-").FullName;
        Directory.CreateDirectory(Content);
    }

    internal string Folder { get; }

    internal string Content => Path.Combine(Folder, LayerRecord.Content);

    internal string At(string path) => Path.Combine(Content, path);

    internal UnpackedLayer Unpack(byte[] archive, LayerLimits? limits = null)
    {
        // What a refused archive leaves is thrown away with the folder by whoever made it.
        Run("rm", "-rf", Path.Combine(Folder, "trash"));
        return LayerUnpacker.Unpack(new(new OneChunk(archive), (limits ?? new()).MaxBytes), Folder, limits ?? new(), TestContext.Current.CancellationToken);
    }

    internal EngineException Refused(byte[] archive, LayerLimits? limits = null, EngineErrorKind kind = EngineErrorKind.ArtifactInvalid)
    {
        var error = Assert.Throws<EngineException>(() => Unpack(archive, limits));
        Assert.Equal(kind, error.Kind);
        return error;
    }

    /// <summary>What a tool says, or an assertion that fails.</summary>
    internal static string Run(string file, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{file}: {error}");
        return output.Result;
    }

    internal string Stat(string path, string format = "%a %u %g %Y %F") => Run("stat", "-c", format, At(path)).TrimEnd();

    public void Dispose() => Run("rm", "-rf", Folder);

    private sealed class OneChunk(byte[] bytes) : IChunkSource
    {
        private bool _given;

        public ReadOnlyMemory<byte> Next()
        {
            if (_given)
            {
                return default;
            }
            _given = true;
            return bytes;
        }
    }
}
