using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Wire.Text;

namespace Fogbank.Wire.Rest;

/// <summary>Gathers scalars as the text that stands in a header.</summary>
internal sealed class TextCollector : ShapeWriter
{
    private TypeSchema _type = null!;

    public List<string> Items { get; } = [];

    /// <summary>Starts anew for a value of <paramref name="type"/>.</summary>
    public void Begin(TypeSchema type)
    {
        _type = type;
        Items.Clear();
    }

    public override void String(int member, string? value) => Add(value);

    public override void Boolean(int member, bool? value) => Add(value is { } v ? Scalars.Format(v) : null);

    public override void Int32(int member, int? value) => Add(value is { } v ? Scalars.Format(v) : null);

    public override void Int64(int member, long? value) => Add(value is { } v ? Scalars.Format(v) : null);

    public override void Single(int member, float? value) => Add(value is { } v ? Scalars.Format(v) : null);

    public override void Double(int member, double? value) => Add(value is { } v ? Scalars.Format(v) : null);

    public override void Blob(int member, ReadOnlyMemory<byte>? value) => Add(value is { } v ? Convert.ToBase64String(v.Span) : null);

    public override void Timestamp(int member, DateTimeOffset? value) =>
        Add(value is { } v ? Timestamps.Format(v, _type.TimestampFormat, TimestampFormat.HttpDate) : null);

    public override void Document(int member, JsonElement? value) => Refuse();

    public override void Stream(int member, Stream? value) => Refuse();

    public override void Shape(int member, Shape? value) => Refuse();

    public override void List<T>(int member, IReadOnlyList<T>? value, Action<ShapeWriter, T> writeItem) => Refuse();

    public override void Map<T>(int member, IReadOnlyDictionary<string, T>? value, Action<ShapeWriter, T> writeValue) => Refuse();

    private static void Refuse() => throw new InvalidOperationException("Only scalars and lists of scalars stand in headers.");

    private void Add(string? text)
    {
        if (text is not null)
        {
            Items.Add(text);
        }
    }
}
