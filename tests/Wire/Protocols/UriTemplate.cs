namespace Fogbank.Tests.Wire.Protocols;

/// <summary>Labels out of the path of a vector, which names its own template.</summary>
internal sealed class UriTemplate
{
    private readonly Segment[] _segments;
    private readonly int _greedy;

    private UriTemplate(Segment[] segments)
    {
        _segments = segments;
        _greedy = Array.FindIndex(segments, segment => segment.Kind == SegmentKind.Greedy);
    }

    private enum SegmentKind
    {
        Literal,
        Label,
        Greedy,
    }

    public static UriTemplate Parse(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        var mark = template.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? template : template[..mark];
        return new UriTemplate(Array.ConvertAll(Split(path), ParseSegment));
    }

    /// <summary>Matches a percent-encoded path; <paramref name="labels"/> are decoded. The query is the caller's to compare.</summary>
    public bool TryMatch(string rawPath, out IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(rawPath);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        labels = found;
        var parts = Split(rawPath);
        if (_greedy < 0 ? parts.Length != _segments.Length : parts.Length < _segments.Length)
        {
            return false;
        }

        // What stands behind the greedy label is matched from the end.
        var extra = parts.Length - _segments.Length;
        for (var i = 0; i < _segments.Length; i++)
        {
            var segment = _segments[i];
            var at = _greedy >= 0 && i > _greedy ? i + extra : i;
            if (segment.Kind == SegmentKind.Greedy)
            {
                found[segment.Text] = Uri.UnescapeDataString(string.Join('/', parts, at, extra + 1));
            }
            else if (segment.Kind == SegmentKind.Label)
            {
                found[segment.Text] = Uri.UnescapeDataString(parts[at]);
            }
            else if (!string.Equals(segment.Text, parts[at], StringComparison.Ordinal)
                && !string.Equals(segment.Text, Uri.UnescapeDataString(parts[at]), StringComparison.Ordinal))
            {
                return false;
            }

            if (segment.Kind != SegmentKind.Literal && found[segment.Text].Length == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static string[] Split(string path) => (path.StartsWith('/') ? path[1..] : path).Split('/');

    private static Segment ParseSegment(string text) => text switch
    {
        ['{', .., '+', '}'] => new Segment(SegmentKind.Greedy, text[1..^2]),
        ['{', .., '}'] => new Segment(SegmentKind.Label, text[1..^1]),
        _ => new Segment(SegmentKind.Literal, text),
    };

    private readonly record struct Segment(SegmentKind Kind, string Text);
}
