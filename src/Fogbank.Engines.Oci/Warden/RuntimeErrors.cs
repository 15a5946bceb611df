namespace Fogbank.Engines.Oci.Warden;

/// <summary>What an OCI runtime's complaints mean.</summary>
internal static class RuntimeErrors
{
    internal static EngineException Of(string message)
    {
        var text = message.Trim();
        var kind = Has("executable file") || Has("exec format error") || Has("not found in $PATH") || Has("open executable") || Has("exec container process") ? EngineErrorKind.CommandNotExecutable
            : Has("No space left") || Has("Cannot allocate memory") || Has("Resource temporarily unavailable") ? EngineErrorKind.ResourceExhausted
            : Has("chdir") || Has("cwd") ? EngineErrorKind.CommandNotExecutable
            : EngineErrorKind.StartFailed;
        return new(kind, text.Length == 0 ? "The OCI runtime could not make the container and did not say why." : $"The OCI runtime could not make the container: {text}");

        bool Has(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
    }
}
