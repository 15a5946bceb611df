using System.Text.Json;
using Fogbank.Contracts;

namespace Fogbank.Wire.Protocols;

/// <summary>
/// Syntax and names of one protocol: where the next value stands and what it says. What the model demands of values is
/// <see cref="Validation.RequestReader"/>'s business, once for all protocols.
/// </summary>
internal abstract class ValueSource
{
    /// <summary>As <see cref="ShapeReader.Next"/>, but says nothing of missing members.</summary>
    public abstract bool Next(ShapeSchema schema, ref int member);

    /// <summary>Moves to the next item of <paramref name="list"/>; <paramref name="item"/> starts at -1 and is the index.</summary>
    public abstract bool NextItem(TypeSchema list, ref int item);

    /// <summary>Moves to the next entry of <paramref name="map"/>; <paramref name="entry"/> starts at -1.</summary>
    public abstract bool NextEntry(TypeSchema map, ref int entry, out string key);

    public abstract string String(TypeSchema type);

    public abstract bool Boolean(TypeSchema type);

    public abstract int Int32(TypeSchema type);

    public abstract long Int64(TypeSchema type);

    public abstract double Double(TypeSchema type);

    public abstract ReadOnlyMemory<byte> Blob(TypeSchema type);

    public abstract DateTimeOffset Timestamp(TypeSchema type);

    public virtual JsonElement Document(TypeSchema type) => throw new WireFormatException("A document has no form in this protocol.");

    public virtual Stream Stream(TypeSchema type) => throw new WireFormatException("A stream stands alone in the body.");

    /// <summary>Whether a null was passed over among items or entries since the last call.</summary>
    public virtual bool TakeSkippedNull() => false;

    /// <summary>The outermost structure has been read: what follows it is an error.</summary>
    public virtual void Finish()
    {
    }
}
