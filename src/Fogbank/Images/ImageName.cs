using Fogbank.Client;

namespace Fogbank.Images;

/// <summary>A repository of the region's registry and what of it is meant.</summary>
internal sealed record ImageName(string Repository, string? Tag, string? Digest)
{
    /// <summary><c>repository[:tag][@sha256:…]</c>, also behind a registry's host, which is left out.</summary>
    internal static ImageName Parse(string text)
    {
        var rest = text;
        string? digest = null;
        var at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            (rest, digest) = (rest[..at], rest[(at + 1)..]);
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && (rest.AsSpan(0, slash).IndexOfAny('.', ':') >= 0 || rest[..slash] == "localhost"))
        {
            rest = rest[(slash + 1)..];
        }

        string? tag = null;
        var colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            (rest, tag) = (rest[..colon], rest[(colon + 1)..]);
        }

        return rest.Length == 0 || tag is "" || (digest is not null && !ImageDescriptor.IsDigest(digest))
            ? throw new CommandException($"{text} is not the name of an image. Give one like my-app:v1, or my-app@sha256:….")
            : new(rest, tag, digest);
    }

    /// <summary>What a manifest is asked for by.</summary>
    internal string Reference => Digest ?? Tag ?? "latest";

    public override string ToString() => Digest is null ? $"{Repository}:{Tag ?? "latest"}" : $"{Repository}@{Digest}";
}
