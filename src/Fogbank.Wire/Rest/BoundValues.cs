using System.Text;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Text;
using Microsoft.Extensions.Primitives;

namespace Fogbank.Wire.Rest;

/// <summary>Members that are bound to labels, query parameters and headers. They hold scalars, lists of scalars and flat maps.</summary>
internal sealed class BoundValues(WireRequest request) : ValueSource
{
    private List<KeyValuePair<string, string>>? _query;
    private MemberSchema _member = null!;
    private string? _text;
    private List<string> _items = [];
    private List<KeyValuePair<string, List<string>>> _entries = [];

    private List<KeyValuePair<string, string>> Query => _query ??= QueryParameters.Parse(request.RawQuery);

    /// <summary>Makes <paramref name="member"/> the one at hand; false where the request lacks it, or it is bound to the body.</summary>
    public bool TryTake(MemberSchema member)
    {
        _member = member;
        _text = null;
        _items = [];
        _entries = [];
        return member.Location switch
        {
            WireLocation.Uri => request.Labels is not null && request.Labels.TryGetValue(member.WireName, out _text),
            WireLocation.Query => TakeQuery(),
            WireLocation.QueryMap => TakeQueryMap(),
            WireLocation.Header => TakeHeader(),
            WireLocation.HeaderMap => TakeHeaderMap(),
            _ => false,
        };
    }

    public override bool Next(ShapeSchema schema, ref int member) =>
        throw new WireFormatException($"{_member.Name} cannot be a structure where it stands.");

    public override bool NextItem(TypeSchema list, ref int item)
    {
        if (++item >= _items.Count)
        {
            return false;
        }

        _text = _items[item];
        return true;
    }

    public override bool NextEntry(TypeSchema map, ref int entry, out string key)
    {
        if (++entry >= _entries.Count)
        {
            key = "";
            return false;
        }

        key = _entries[entry].Key;
        _items = _entries[entry].Value;
        _text = _items.Count > 0 ? _items[0] : "";
        return true;
    }

    public override string String(TypeSchema type)
    {
        if (!_member.IsJsonValue)
        {
            return _text ?? "";
        }

        try
        {
            return Encoding.UTF8.GetString(Scalars.Blob(_text ?? ""));
        }
        catch (WireFormatException e)
        {
            throw Located(e);
        }
    }

    public override bool Boolean(TypeSchema type) => Read(Scalars.Boolean);

    public override int Int32(TypeSchema type) => Read(Scalars.Int32);

    public override long Int64(TypeSchema type) => Read(Scalars.Int64);

    public override double Double(TypeSchema type) => Read(Scalars.Double);

    public override ReadOnlyMemory<byte> Blob(TypeSchema type) => Read(Scalars.Blob);

    public override DateTimeOffset Timestamp(TypeSchema type) => Read(Scalars.Timestamp);

    private T Read<T>(Func<string, T> parse)
    {
        try
        {
            return parse(_text ?? "");
        }
        catch (WireFormatException e)
        {
            throw Located(e);
        }
    }

    private WireFormatException Located(WireFormatException e) => new(e.Message, e) { Member = _member, Value = _text };

    private bool TakeQuery()
    {
        foreach (var (name, value) in Query)
        {
            if (string.Equals(name, _member.WireName, StringComparison.Ordinal))
            {
                _items.Add(value);
            }
        }

        if (_items.Count == 0)
        {
            return false;
        }

        // "?marker=" says nothing of a number; of text it says that it is empty.
        _text = _items[^1];
        return _text.Length > 0 || _member.Type.Kind is WireKind.String or WireKind.List;
    }

    private bool TakeQueryMap()
    {
        // Parameters that are members of their own stand in the map too.
        foreach (var (name, value) in Query)
        {
            var index = _entries.FindIndex(entry => entry.Key == name);
            if (index < 0)
            {
                _entries.Add(new(name, [value]));
            }
            else
            {
                _entries[index].Value.Add(value);
            }
        }

        return _entries.Count > 0;
    }

    private bool TakeHeader()
    {
        if (!request.Headers.TryGetValue(_member.WireName, out var values) || values.Count == 0)
        {
            return false;
        }

        _text = Joined(values);
        if (_member.Type.Kind == WireKind.List)
        {
            _items = HeaderLists.Split(_text, _member.Type.Element!);
            return true;
        }

        return _text.Length > 0 || _member.Type.Kind == WireKind.String;
    }

    private bool TakeHeaderMap()
    {
        foreach (var (name, values) in request.Headers)
        {
            if (name.StartsWith(_member.WireName, StringComparison.OrdinalIgnoreCase))
            {
                _entries.Add(new(name[_member.WireName.Length..], [Joined(values)]));
            }
        }

        return _entries.Count > 0;
    }

    private static string Joined(StringValues values) => values.Count == 1 ? values[0] ?? "" : string.Join(", ", values.ToArray());
}
