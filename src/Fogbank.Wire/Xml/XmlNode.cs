using System.Runtime.InteropServices;
using System.Text;
using System.Xml;
using Fogbank.Contracts;

namespace Fogbank.Wire.Xml;

/// <summary>An element of a request's body. Names are local: AWS takes bodies with and without their namespace.</summary>
internal sealed class XmlNode
{
    private const int MaxDepth = 64;

    /// <summary>Ten thousand parts or grants with all their members fit in; a bomb does not.</summary>
    private const int MaxNodes = 500_000;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersFromEntities = 1024,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CheckCharacters = true,
    };

    private List<XmlNode>? _children;
    private List<KeyValuePair<string, string>>? _attributes;
    private string _text = "";

    /// <summary>Text in several pieces; gathered so that many pieces cost no more than their length.</summary>
    private StringBuilder? _more;

    private XmlNode(string name) => Name = name;

    public string Name { get; }

    /// <summary>The text directly under the element.</summary>
    public string Text => _more?.ToString() ?? _text;

    public IReadOnlyList<XmlNode> Children => _children ?? (IReadOnlyList<XmlNode>)[];

    /// <summary>The attribute of that qualified or local name; null where there is none.</summary>
    public string? Attribute(string name)
    {
        foreach (var (key, value) in _attributes ?? [])
        {
            if (key == name || key.AsSpan(key.IndexOf(':', StringComparison.Ordinal) + 1).SequenceEqual(name.AsSpan(name.IndexOf(':', StringComparison.Ordinal) + 1)))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Parses a whole document; no document types, no entities but XML's own five and characters.</summary>
    public static XmlNode Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var stream = MemoryMarshal.TryGetArray(body, out var array)
                ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
                : new MemoryStream(body.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, Settings);
            return Parse(reader);
        }
        catch (XmlException e)
        {
            throw new WireFormatException("The request body is not valid XML.", e);
        }
        catch (ArgumentException e)
        {
            // An encoding that the declaration names and nobody knows.
            throw new WireFormatException("The request body is not valid XML.", e);
        }
    }

    private static XmlNode Parse(XmlReader reader)
    {
        XmlNode? root = null;
        var open = new Stack<XmlNode>();
        var nodes = 0;
        while (reader.Read())
        {
            if (++nodes > MaxNodes)
            {
                throw new WireFormatException("The request body has too many elements.");
            }

            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    var node = Open(reader);
                    root ??= node;
                    if (open.TryPeek(out var parent))
                    {
                        (parent._children ??= []).Add(node);
                    }

                    if (!reader.IsEmptyElement)
                    {
                        open.Push(node);
                    }

                    if (open.Count > MaxDepth)
                    {
                        throw new WireFormatException("The request body is nested too deeply.");
                    }

                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace
                    when open.TryPeek(out var element):
                    element.Append(reader.Value);
                    break;
            }
        }

        return root ?? throw new WireFormatException("The request body has no element.");
    }

    private void Append(string text)
    {
        if (_text.Length == 0 && _more is null)
        {
            _text = text;
        }
        else
        {
            (_more ??= new StringBuilder(_text)).Append(text);
        }
    }

    private static XmlNode Open(XmlReader reader)
    {
        var node = new XmlNode(reader.LocalName);
        if (reader.HasAttributes)
        {
            while (reader.MoveToNextAttribute())
            {
                (node._attributes ??= []).Add(new(reader.Name, reader.Value));
            }

            reader.MoveToElement();
        }

        return node;
    }
}
