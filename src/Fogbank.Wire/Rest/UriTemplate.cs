namespace Fogbank.Wire.Rest;

/// <summary>
/// The URI of a REST operation: literal segments, labels, at most one greedy label, and fixed query parameters, as in
/// <c>/{Bucket}/{Key+}?uploads</c>. Parsed once an operation, immutable.
/// </summary>
public sealed class UriTemplate
{
    private readonly Segment[] _segments;
    private readonly int _greedy;

    private UriTemplate(Segment[] segments, KeyValuePair<string, string?>[] query)
    {
        _segments = segments;
        _greedy = Array.FindIndex(segments, segment => segment.Kind == SegmentKind.Greedy);
        Query = query;
    }

    private enum SegmentKind
    {
        Literal,
        Label,
        Greedy,
    }

    /// <summary>Query parameters that must be there; a null value accepts any.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Query { get; }

    /// <summary>Names of the labels.</summary>
    public IEnumerable<string> Labels => _segments.Where(segment => segment.Kind != SegmentKind.Literal).Select(segment => segment.Text);

    public static UriTemplate Parse(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        var mark = template.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? template : template[..mark];
        var query = mark < 0 ? [] : Array.ConvertAll(
            template[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries),
            pair => pair.Split('=', 2) is [var name, var value] && value.Length > 0
                ? new KeyValuePair<string, string?>(name, value)
                : new KeyValuePair<string, string?>(pair.TrimEnd('='), null));
        return new UriTemplate(Array.ConvertAll(Split(path), ParseSegment), query);
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

    /// <summary>Orders templates that match the same request: more literals first, greedy labels last, fixed query parameters first.</summary>
    public static int CompareSpecificity(UriTemplate left, UriTemplate right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        for (var i = 0; i < Math.Min(left._segments.Length, right._segments.Length); i++)
        {
            var order = left._segments[i].Kind.CompareTo(right._segments[i].Kind);
            if (order != 0)
            {
                return order;
            }
        }

        var length = right._segments.Length.CompareTo(left._segments.Length);
        return length != 0 ? length : Weight(right).CompareTo(Weight(left));
    }

    private static int Weight(UriTemplate template) => template.Query.Sum(pair => pair.Value is null ? 1 : 2);

    private static string[] Split(string path) => (path.StartsWith('/') ? path[1..] : path).Split('/');

    private static Segment ParseSegment(string text) => text switch
    {
        ['{', .., '+', '}'] => new Segment(SegmentKind.Greedy, text[1..^2]),
        ['{', .., '}'] => new Segment(SegmentKind.Label, text[1..^1]),
        _ => new Segment(SegmentKind.Literal, text),
    };

    private readonly record struct Segment(SegmentKind Kind, string Text);
}
