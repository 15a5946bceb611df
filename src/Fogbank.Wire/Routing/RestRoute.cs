using Fogbank.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.Routing;

/// <summary>One operation's place in a REST API: its path, and what must stand in query and headers.</summary>
internal sealed class RestRoute
{
    private readonly Segment[] _segments;
    private readonly (string Name, string? Value)[] _query;
    private readonly string[] _headers;
    private readonly int _greedy;

    public RestRoute(OperationSchema operation)
    {
        Operation = operation;
        var template = operation.UriTemplate;
        var mark = template.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? template : template[..mark];
        _segments = Array.ConvertAll(path.Trim('/').Split('/', StringSplitOptions.RemoveEmptyEntries), Segment.Parse);
        _greedy = Array.FindIndex(_segments, segment => segment.Kind == SegmentKind.Greedy);
        var (query, headers) = Discriminators.Of(operation);
        _query = [.. mark < 0 ? [] : template[(mark + 1)..].Split('&').Select(Parse), .. query.Select(name => (name, (string?)null))];
        _headers = headers;
    }

    private enum SegmentKind
    {
        Literal,
        Label,
        Greedy,
    }

    public OperationSchema Operation { get; }

    /// <summary>Most specific first: literals before labels before greedy labels, then by how much must stand in query and headers.</summary>
    public static int Compare(RestRoute left, RestRoute right)
    {
        for (var i = 0; i < Math.Min(left._segments.Length, right._segments.Length); i++)
        {
            if (left._segments[i].Kind.CompareTo(right._segments[i].Kind) is var order and not 0)
            {
                return order;
            }
        }

        return right._segments.Length.CompareTo(left._segments.Length) is var length and not 0
            ? length
            : right.Weight.CompareTo(left.Weight);
    }

    /// <summary>Whether the request is for this operation.</summary>
    /// <param name="rawPath">Percent-encoded, without slashes at its ends where the API does not care for them.</param>
    /// <param name="rawQuery">Percent-encoded, without the question mark.</param>
    /// <param name="headers">Null where the caller has none to compare.</param>
    public bool IsMatch(ReadOnlySpan<char> rawPath, ReadOnlySpan<char> rawQuery, IHeaderDictionary? headers)
    {
        foreach (var (name, value) in _query)
        {
            if (value is null ? !RawQuery.Has(rawQuery, name) : RawQuery.Find(rawQuery, name) != value)
            {
                return false;
            }
        }

        foreach (var header in _headers)
        {
            if (headers is null || !headers.ContainsKey(header))
            {
                return false;
            }
        }

        return Walk(rawPath, null);
    }

    /// <summary>The labels of a path that matches, decoded.</summary>
    public IReadOnlyDictionary<string, string> Labels(ReadOnlySpan<char> rawPath)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        Walk(rawPath, labels);
        return labels;
    }

    private int Weight => _query.Sum(pair => pair.Value is null ? 1 : 2) + _headers.Length;

    private bool Walk(ReadOnlySpan<char> path, Dictionary<string, string>? labels)
    {
        path = path.StartsWith('/') ? path[1..] : path;
        var count = path.IsEmpty ? 0 : path.Count('/') + 1;
        if (_greedy < 0 ? count != _segments.Length : count < _segments.Length)
        {
            return false;
        }

        // What stands behind a greedy label is matched from the end, so the label takes all the parts that are left over.
        var extra = count - _segments.Length;
        for (var i = 0; i < _segments.Length; i++)
        {
            var segment = _segments[i];
            var part = Take(ref path, segment.Kind == SegmentKind.Greedy ? extra + 1 : 1);
            if (segment.Kind == SegmentKind.Literal)
            {
                if (!part.SequenceEqual(segment.Text) && !(part.Contains('%') && Uri.UnescapeDataString(part) == segment.Text))
                {
                    return false;
                }
            }
            else if (part.IsEmpty)
            {
                return false;
            }
            else
            {
                labels?.TryAdd(segment.Text, Uri.UnescapeDataString(part));
            }
        }

        return true;
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> path, int parts)
    {
        var end = 0;
        for (var i = 0; i < parts; i++)
        {
            var slash = path[end..].IndexOf('/');
            if (slash < 0)
            {
                var rest = path;
                path = default;
                return rest;
            }

            end += slash + 1;
        }

        var taken = path[..(end - 1)];
        path = path[end..];
        return taken;
    }

    private static (string Name, string? Value) Parse(string pair) =>
        pair.Split('=', 2) is [var name, { Length: > 0 } value] ? (name, value) : (pair.TrimEnd('='), null);

    private readonly record struct Segment(SegmentKind Kind, string Text)
    {
        public static Segment Parse(string text) => text switch
        {
            ['{', .., '+', '}'] => new Segment(SegmentKind.Greedy, text[1..^2]),
            ['{', .., '}'] => new Segment(SegmentKind.Label, text[1..^1]),
            _ => new Segment(SegmentKind.Literal, text),
        };
    }
}
