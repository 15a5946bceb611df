namespace Fogbank.Engines.Oci.Images;

/// <summary>The layers of an image in use: until it is disposed, the cache keeps their folders.</summary>
internal sealed class LayerLease : IDisposable
{
    private Action? _release;

    internal LayerLease(IReadOnlyList<string> folders, IReadOnlyList<string> diffIds, Action release)
    {
        Folders = folders;
        DiffIds = diffIds;
        _release = release;
    }

    /// <summary>
    /// The folders to mount on each other, the lowest first, never empty. They can be fewer than the image has layers: what a layer that
    /// replaces the whole root lies upon is not there, and of a layer that occurs twice only the upper one.
    /// </summary>
    internal IReadOnlyList<string> Folders { get; }

    /// <summary>The layers that are held: with these, <see cref="LayerCache.RetakeAsync"/> makes the same lease after a restart.</summary>
    internal IReadOnlyList<string> DiffIds { get; }

    /// <summary>Lets go of the layers. May be called twice.</summary>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
