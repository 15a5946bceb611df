using System.Globalization;

namespace Fogbank.Contracts;

/// <summary>
/// Reads the compact text of schemas. Types: <c>a</c>…<c>i</c>, <c>s</c> as in <see cref="WireKind"/>; <c>j</c>N a structure (N-th of those
/// handed in); <c>l</c> then the item's type; <c>m</c> then the key's and the value's type. After a kind may follow, in this order:
/// <c>#</c>N the N-th constraint of the API, <c>@</c>c a timestamp format, <c>!</c> flattened, <c>(</c>name<c>)</c> the item's name, or
/// <c>(</c>key<c>,</c>value<c>)</c> a map's names.
/// </summary>
internal static class SchemaText
{
    internal static ShapeSchema ParseShape(Api api, string text, Func<int, ShapeSchema>? structures)
    {
        var fields = text.Split('\t');
        var count = int.Parse(fields[2], CultureInfo.InvariantCulture);
        var members = new MemberSchema[count];
        for (var i = 0; i < count; i++)
        {
            members[i] = ParseMember(api, fields.AsSpan(3 + (i * 4), 4), structures);
        }

        var flags = fields[1];
        var (prefix, uri) = Namespace(flags);
        return new ShapeSchema(api, fields[0], members)
        {
            IsUnion = flags.Contains('u', StringComparison.Ordinal) && flags[0] == 'u',
            XmlName = Between(flags, '<', '>') ?? fields[0],
            XmlNamespace = uri,
            XmlPrefix = prefix,
        };
    }

    private static MemberSchema ParseMember(Api api, ReadOnlySpan<string> fields, Func<int, ShapeSchema>? structures)
    {
        var flags = fields[2];
        var end = flags.AsSpan().IndexOfAny('{', '[');
        var letters = end < 0 ? flags : flags[..end];
        var (prefix, uri) = Namespace(flags);
        var position = 0;
        var type = ParseType(api, fields[3], ref position, structures);
        return new MemberSchema(fields[0], fields[1].Length == 0 ? fields[0] : fields[1], (WireLocation)letters[0], type)
        {
            IsRequired = letters.Contains('r', StringComparison.Ordinal),
            IsXmlAttribute = letters.Contains('x', StringComparison.Ordinal),
            IsJsonValue = letters.Contains('v', StringComparison.Ordinal),
            IsIdempotencyToken = letters.Contains('t', StringComparison.Ordinal),
            XmlNamespace = uri,
            XmlPrefix = prefix,
            QueryName = Between(flags, '[', ']'),
        };
    }

    private static TypeSchema ParseType(Api api, string text, ref int position, Func<int, ShapeSchema>? structures)
    {
        var kind = (WireKind)text[position++];
        Func<ShapeSchema>? structure = null;
        TypeSchema? key = null;
        TypeSchema? element = null;
        if (kind == WireKind.Structure)
        {
            var index = Number(text, ref position);
            structure = () => structures!(index);
        }

        Constraint? constraint = null;
        if (Take(text, ref position, '#'))
        {
            constraint = api.GetConstraint(Number(text, ref position));
        }

        var format = TimestampFormat.Default;
        if (Take(text, ref position, '@'))
        {
            format = (TimestampFormat)text[position++];
        }

        var flattened = Take(text, ref position, '!');
        string? names = null;
        if (Take(text, ref position, '('))
        {
            var close = text.IndexOf(')', position);
            names = text[position..close];
            position = close + 1;
        }

        if (kind == WireKind.List)
        {
            element = ParseType(api, text, ref position, structures);
        }
        else if (kind == WireKind.Map)
        {
            key = ParseType(api, text, ref position, structures);
            element = ParseType(api, text, ref position, structures);
        }

        var comma = names?.IndexOf(',', StringComparison.Ordinal) ?? -1;
        return new TypeSchema(kind, constraint, format, key, element, structure)
        {
            IsFlattened = flattened,
            HasItemName = kind == WireKind.List && names is not null,
            ItemName = kind == WireKind.List && names is not null ? names : "member",
            KeyName = kind == WireKind.Map && comma > 0 ? names![..comma] : "key",
            ValueName = kind == WireKind.Map && comma > 0 ? names![(comma + 1)..] : "value",
        };
    }

    private static bool Take(string text, ref int position, char wanted)
    {
        if (position >= text.Length || text[position] != wanted)
        {
            return false;
        }

        position++;
        return true;
    }

    private static int Number(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        return int.Parse(text.AsSpan(start, position - start), CultureInfo.InvariantCulture);
    }

    private static (string? Prefix, string? Uri) Namespace(string flags)
    {
        if (Between(flags, '{', '}') is not { } text)
        {
            return (null, null);
        }

        var bar = text.IndexOf('|', StringComparison.Ordinal);
        return (bar == 0 ? null : text[..bar], text[(bar + 1)..]);
    }

    private static string? Between(string text, char open, char close)
    {
        var start = text.IndexOf(open, StringComparison.Ordinal);
        return start < 0 ? null : text[(start + 1)..text.IndexOf(close, start)];
    }
}
