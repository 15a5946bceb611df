namespace Fogbank.Engines.Process.Artifacts;

/// <summary>An unpacked artifact in use: while it is held, the cache keeps the folder.</summary>
internal sealed class ArtifactLease(string folder, Action release) : IDisposable
{
    private Action? _release = release;

    internal string Folder => folder;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
