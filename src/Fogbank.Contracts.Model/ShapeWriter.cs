using System.Text.Json;

namespace Fogbank.Contracts;

/// <summary>
/// What a codec takes from <see cref="Shape.WriteMembers"/>. Null is not written. <c>member</c> is the index in the schema of the shape at
/// hand, or <see cref="Element"/> for the item of the list or the value of the map at hand.
/// </summary>
public abstract class ShapeWriter
{
    /// <summary>In place of a member: the value being written is a list's item or a map's value.</summary>
    public const int Element = -1;

    public abstract void String(int member, string? value);

    public abstract void Boolean(int member, bool? value);

    public abstract void Int32(int member, int? value);

    public abstract void Int64(int member, long? value);

    public abstract void Single(int member, float? value);

    public abstract void Double(int member, double? value);

    public abstract void Blob(int member, ReadOnlyMemory<byte>? value);

    public abstract void Timestamp(int member, DateTimeOffset? value);

    public abstract void Document(int member, JsonElement? value);

    /// <summary>The body itself. The codec reads it to its end and disposes it.</summary>
    public abstract void Stream(int member, Stream? value);

    public abstract void Shape(int member, Shape? value);

    public abstract void List<T>(int member, IReadOnlyList<T>? value, Action<ShapeWriter, T> writeItem);

    public abstract void Map<T>(int member, IReadOnlyDictionary<string, T>? value, Action<ShapeWriter, T> writeValue);

    public void Shapes(int member, IReadOnlyList<Shape>? value) =>
        List(member, value, static (writer, item) => writer.Shape(Element, item));

    public void Strings(int member, IReadOnlyList<string>? value) =>
        List(member, value, static (writer, item) => writer.String(Element, item));

    public void StringMap(int member, IReadOnlyDictionary<string, string>? value) =>
        Map(member, value, static (writer, item) => writer.String(Element, item));

    public void ShapeMap<T>(int member, IReadOnlyDictionary<string, T>? value)
        where T : Shape =>
        Map(member, value, static (writer, item) => writer.Shape(Element, item));
}
