using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Wire.Text;

namespace Fogbank.Wire.Xml;

/// <summary>Shapes as XML elements.</summary>
/// <param name="xml">Where to.</param>
/// <param name="alwaysMilliseconds">Whether instants are written with milliseconds that are zero.</param>
internal sealed class XmlShapeWriter(XmlText xml, bool alwaysMilliseconds) : ShapeWriter
{
    private ShapeSchema? _schema;
    private TypeSchema? _element;

    /// <summary>Name of the element of the item or value at hand.</summary>
    private string _elementName = "";
    private bool _isBare;

    /// <summary>Scalars are written as bare text from now on.</summary>
    public void DropElements() => _isBare = true;

    /// <summary>The following members are those of <paramref name="schema"/>; its element has been opened.</summary>
    public void Begin(ShapeSchema schema) => _schema = schema;

    public void WriteMembersOf(Shape shape)
    {
        Begin(shape.GetSchema());
        shape.WriteMembers(this);
    }

    public override void String(int member, string? value) => Scalar(member, value);

    public override void Boolean(int member, bool? value) => Scalar(member, value is { } v ? Scalars.Format(v) : null);

    public override void Int32(int member, int? value) => Scalar(member, value is { } v ? Scalars.Format(v) : null);

    public override void Int64(int member, long? value) => Scalar(member, value is { } v ? Scalars.Format(v) : null);

    public override void Single(int member, float? value) => Scalar(member, value is { } v ? Scalars.Format(v) : null);

    public override void Double(int member, double? value) => Scalar(member, value is { } v ? Scalars.Format(v) : null);

    public override void Blob(int member, ReadOnlyMemory<byte>? value) =>
        Scalar(member, value is { } v ? Convert.ToBase64String(v.Span) : null);

    public override void Timestamp(int member, DateTimeOffset? value) => Scalar(
        member,
        value is { } v ? Timestamps.Format(v, TypeOf(member).TimestampFormat, TimestampFormat.Iso8601, alwaysMilliseconds) : null);

    public override void Document(int member, JsonElement? value)
    {
        if (value is not null)
        {
            throw new InvalidOperationException("Documents have no form in XML.");
        }
    }

    public override void Stream(int member, Stream? value) => throw new InvalidOperationException("A stream stands alone in the body.");

    public override void Shape(int member, Shape? value)
    {
        if (value is null)
        {
            return;
        }

        var name = Start(member);
        var (schema, element, elementName) = (_schema, _element, _elementName);
        WriteMembersOf(value);
        (_schema, _element, _elementName) = (schema, element, elementName);
        xml.End(name);
    }

    public override void List<T>(int member, IReadOnlyList<T>? value, Action<ShapeWriter, T> writeItem)
    {
        if (value is null)
        {
            return;
        }

        var list = TypeOf(member);
        var name = NameOf(member);
        var (element, elementName) = (_element, _elementName);
        if (!list.IsFlattened)
        {
            Start(member);
        }

        (_element, _elementName) = (list.Element, list.IsFlattened ? name : list.ItemName);
        for (var i = 0; i < value.Count; i++)
        {
            writeItem(this, value[i]);
        }

        (_element, _elementName) = (element, elementName);
        if (!list.IsFlattened)
        {
            xml.End(name);
        }
    }

    public override void Map<T>(int member, IReadOnlyDictionary<string, T>? value, Action<ShapeWriter, T> writeValue)
    {
        if (value is null)
        {
            return;
        }

        var map = TypeOf(member);
        var name = NameOf(member);
        var (element, elementName) = (_element, _elementName);
        if (!map.IsFlattened)
        {
            Start(member);
        }

        var entryName = map.IsFlattened ? name : "entry";
        foreach (var (key, entry) in value)
        {
            xml.Start(entryName);
            xml.Element(map.KeyName, key);
            (_element, _elementName) = (map.Element, map.ValueName);
            writeValue(this, entry);
            xml.End(entryName);
        }

        (_element, _elementName) = (element, elementName);
        if (!map.IsFlattened)
        {
            xml.End(name);
        }
    }

    private TypeSchema TypeOf(int member) => member == Element ? _element! : _schema!.Members[member].Type;

    private string NameOf(int member) => member == Element ? _elementName : _schema!.Members[member].WireName;

    private string Start(int member)
    {
        var name = NameOf(member);
        if (member == Element)
        {
            xml.Start(name);
        }
        else
        {
            var schema = _schema!.Members[member];
            xml.Start(name, schema.XmlNamespace, schema.XmlPrefix);
        }

        return name;
    }

    private void Scalar(int member, string? text)
    {
        if (text is null)
        {
            return;
        }

        if (member != Element && _schema!.Members[member].IsXmlAttribute)
        {
            xml.Attribute(NameOf(member), text);
            return;
        }

        if (_isBare)
        {
            xml.Text(text);
            return;
        }

        var name = Start(member);
        xml.Text(text);
        xml.End(name);
    }
}
