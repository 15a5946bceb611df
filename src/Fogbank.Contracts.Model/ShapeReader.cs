using System.Text.Json;

namespace Fogbank.Contracts;

/// <summary>
/// What a codec gives to the reading constructors of shapes. The codec owns syntax and names, the shape owns types. A reader serves one
/// request on one thread; it gathers violations of the model instead of stopping at the first.
/// </summary>
/// <remarks>
/// A shape reads itself by <c>var m = -1; while (r.Next(Schema, ref m)) switch (m) { … }</c>: each call names the next member that is
/// present, and exactly one value is read before the next call. Inside <see cref="List{T}"/> and <see cref="Map{T}"/> exactly one value is
/// read per item. What a codec cannot parse is a <see cref="WireFormatException"/>.
/// </remarks>
public abstract class ShapeReader
{
    /// <summary>What the request broke so far; empty where nothing. Complete once the outermost shape has been read.</summary>
    public abstract IReadOnlyList<Violation> Violations { get; }

    /// <summary>
    /// Moves to the next member that is present. Unknown members and nulls are skipped. A structure is entered by <paramref name="member"/>
    /// being -1 and left by the answer false, at which point missing required members become violations.
    /// </summary>
    public abstract bool Next(ShapeSchema schema, ref int member);

    /// <summary>Text; "" where a required member is absent (which is then a violation).</summary>
    public abstract string String();

    public abstract bool Boolean();

    public abstract int Int32();

    public abstract long Int64();

    public abstract float Single();

    public abstract double Double();

    /// <summary>Bytes, decoded from whatever the protocol wraps them in.</summary>
    public abstract ReadOnlyMemory<byte> Blob();

    public abstract DateTimeOffset Timestamp();

    public abstract JsonElement Document();

    /// <summary>The body itself, as it arrives. Valid until the request ends; read once.</summary>
    public abstract Stream Stream();

    public T Shape<T>()
        where T : Shape, IShape<T> => T.Read(this);

    public IReadOnlyList<T> Shapes<T>()
        where T : Shape, IShape<T> => List(static reader => T.Read(reader));

    public IReadOnlyList<string> Strings() => List(static reader => reader.String());

    public IReadOnlyDictionary<string, string> StringMap() => Map(static reader => reader.String());

    public IReadOnlyDictionary<string, T> ShapeMap<T>()
        where T : Shape, IShape<T> => Map(static reader => T.Read(reader));

    /// <summary>The list at hand. <paramref name="read"/> reads exactly one value; it is called once an item.</summary>
    public abstract IReadOnlyList<T> List<T>(Func<ShapeReader, T> read);

    /// <summary>The map at hand. <paramref name="read"/> reads exactly one value; it is called once an entry.</summary>
    public abstract IReadOnlyDictionary<string, T> Map<T>(Func<ShapeReader, T> read);
}
