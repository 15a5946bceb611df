using System.Globalization;
using System.Text;
using Fogbank.Contracts;

namespace Fogbank.Wire.Validation;

/// <summary>Values as AWS's framework, written in Java, prints them inside validation messages.</summary>
internal static class ValueText
{
    public static string Of<T>(T value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => Real(number),
        float number => Real(number),
        ReadOnlyMemory<byte> bytes => Blob(bytes.Length),
        Shape shape => shape.GetSchema().Name + "()",
        System.Collections.IDictionary map => Map(map),
        System.Collections.IEnumerable list => List(list),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => "",
    };

    public static string Blob(int length) => string.Create(CultureInfo.InvariantCulture, $"java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]");

    private static string Real(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAnyExceptInRange('0', '9') && text.TrimStart('-').AsSpan().ContainsAnyExceptInRange('0', '9') ? text : text + ".0";
    }

    private static string List(System.Collections.IEnumerable list)
    {
        var text = new StringBuilder("[");
        foreach (var item in list)
        {
            text.Append(text.Length == 1 ? "" : ", ").Append(Of(item));
        }

        return text.Append(']').ToString();
    }

    private static string Map(System.Collections.IDictionary map)
    {
        var text = new StringBuilder("{");
        foreach (System.Collections.DictionaryEntry entry in map)
        {
            text.Append(text.Length == 1 ? "" : ", ").Append(Of(entry.Key)).Append('=').Append(Of(entry.Value));
        }

        return text.Append('}').ToString();
    }
}
