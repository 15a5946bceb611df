using System.Buffers;
using System.Text;

namespace Fogbank.Wire.Xml;

/// <summary>Writes XML as bytes: start tags that stay open for attributes, escaped text, end tags.</summary>
internal sealed class XmlText(IBufferWriter<byte> output)
{
    private static readonly SearchValues<char> Special = SearchValues.Create("&<>\"\r\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\u000b\f\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\ufffe\uffff");

    private bool _isTagOpen;

    public void Declaration() => Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

    /// <summary>Opens an element; <paramref name="xmlNamespace"/> is declared on it where it is not null.</summary>
    public void Start(string name, string? xmlNamespace = null, string? prefix = null)
    {
        CloseTag();
        Raw("<");
        Raw(name);
        _isTagOpen = true;
        if (!string.IsNullOrEmpty(xmlNamespace))
        {
            Attribute(prefix is null ? "xmlns" : $"xmlns:{prefix}", xmlNamespace);
        }
    }

    public void Attribute(string name, string value)
    {
        Raw(" ");
        Raw(name);
        Raw("=\"");
        Escaped(value);
        Raw("\"");
    }

    public void Text(string value)
    {
        CloseTag();
        Escaped(value);
    }

    public void End(string name)
    {
        if (_isTagOpen)
        {
            _isTagOpen = false;
            Raw("/>");
            return;
        }

        Raw("</");
        Raw(name);
        Raw(">");
    }

    public void Element(string name, string value)
    {
        Start(name);
        Text(value);
        End(name);
    }

    private void CloseTag()
    {
        if (_isTagOpen)
        {
            _isTagOpen = false;
            Raw(">");
        }
    }

    private void Raw(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, output);

    private void Escaped(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(Special) is var at && at >= 0)
        {
            Raw(text[..at]);
            Raw(text[at] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\r' => "&#xD;",

                // XML 1.0 has no form for these; AWS writes the reference all the same, and asks clients for URL encoding instead.
                var c => $"&#x{(int)c:X};",
            });
            text = text[(at + 1)..];
        }

        Raw(text);
    }
}
