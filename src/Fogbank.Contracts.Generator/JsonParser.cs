using System.Globalization;
using System.Text;

namespace Fogbank.Contracts.Generator;

/// <summary>Reads JSON. A compiler's extension can bring no library, and contracts need no more than this.</summary>
internal sealed class JsonParser
{
    private readonly string _text;
    private int _at;

    private JsonParser(string text) => _text = text;

    /// <exception cref="FormatException">The text is not JSON; the message names the line.</exception>
    internal static JsonNode Parse(string text)
    {
        var parser = new JsonParser(text);
        var value = parser.Value();
        parser.SkipSpace();
        if (parser._at != text.Length)
        {
            throw parser.Error("nothing may follow the value");
        }

        return value;
    }

    private JsonNode Value()
    {
        SkipSpace();
        switch (Peek())
        {
            case '{': return Object();
            case '[': return List();
            case '"': return new JsonNode(JsonKind.String, String());
            case 't': return Word("true", JsonKind.True);
            case 'f': return Word("false", JsonKind.False);
            case 'n': return Word("null", JsonKind.Null);
            default: return Number();
        }
    }

    private JsonNode Object()
    {
        var node = new JsonNode(JsonKind.Object);
        _at++;
        while (!Ends('}', node.Members.Count))
        {
            SkipSpace();
            var name = String();
            SkipSpace();
            Expect(':');
            if (!node[name].IsNull)
            {
                throw Error($"\"{name}\" stands twice");
            }

            node.Set(name, Value());
        }

        return node;
    }

    private JsonNode List()
    {
        var node = new JsonNode(JsonKind.List);
        _at++;
        while (!Ends(']', node.Items.Count))
        {
            node.Items.Add(Value());
        }

        return node;
    }

    private bool Ends(char close, int count)
    {
        SkipSpace();
        if (Peek() == close)
        {
            _at++;
            return true;
        }

        if (count > 0)
        {
            Expect(',');
        }

        return false;
    }

    private JsonNode Word(string word, JsonKind kind)
    {
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
        {
            throw Error("unknown word");
        }

        _at += word.Length;
        return new JsonNode(kind);
    }

    private JsonNode Number()
    {
        var start = _at;
        while (_at < _text.Length && "+-.eE0123456789".IndexOf(_text[_at]) >= 0)
        {
            _at++;
        }

        return _at > start ? new JsonNode(JsonKind.Number, _text.Substring(start, _at - start)) : throw Error("a value is missing");
    }

    private string String()
    {
        Expect('"');
        var start = _at;
        while (_at < _text.Length && _text[_at] != '"' && _text[_at] != '\\')
        {
            _at++;
        }

        if (Peek() == '"')
        {
            return _text.Substring(start, _at++ - start);
        }

        var value = new StringBuilder(_text, start, _at - start, 64);
        while (Peek() != '"')
        {
            value.Append(_text[_at] == '\\' ? Escaped() : _text[_at]);
            _at++;
        }

        _at++;
        return value.ToString();
    }

    private char Escaped()
    {
        _at++;
        switch (Peek())
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'u':
                if (_at + 4 >= _text.Length
                    || !ushort.TryParse(_text.Substring(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    throw Error("bad escape");
                }

                _at += 4;
                return (char)code;
            case var other: return other;
        }
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\r' or '\t')
        {
            _at++;
        }
    }

    private char Peek() => _at < _text.Length ? _text[_at] : throw Error("the text ends too early");

    private void Expect(char wanted)
    {
        if (Peek() != wanted)
        {
            throw Error($"'{wanted}' is missing");
        }

        _at++;
    }

    private FormatException Error(string what)
    {
        var line = 1;
        for (var i = 0; i < _at && i < _text.Length; i++)
        {
            line += _text[i] == '\n' ? 1 : 0;
        }

        return new FormatException($"line {line}: {what}");
    }
}
