namespace Fogbank.Contracts;

/// <summary>The type of a member, of a list's items or of a map's values. Decoded once, immutable, shared.</summary>
public sealed class TypeSchema
{
    private readonly Func<ShapeSchema>? _structure;
    private ShapeSchema? _resolved;

    internal TypeSchema(
        WireKind kind,
        Constraint? constraint = null,
        TimestampFormat timestampFormat = TimestampFormat.Default,
        TypeSchema? key = null,
        TypeSchema? element = null,
        Func<ShapeSchema>? structure = null)
    {
        Kind = kind;
        Constraint = constraint;
        TimestampFormat = timestampFormat;
        Key = key;
        Element = element;
        _structure = structure;
    }

    public WireKind Kind { get; }

    /// <summary>Bounds, pattern or values that the model demands; null where it demands none.</summary>
    public Constraint? Constraint { get; }

    public TimestampFormat TimestampFormat { get; }

    /// <summary>The type of a map's keys (a string with its constraint); null elsewhere.</summary>
    public TypeSchema? Key { get; }

    /// <summary>The type of a list's items or a map's values; null elsewhere.</summary>
    public TypeSchema? Element { get; }

    /// <summary>The structure meant; resolved on first use, since structures may contain themselves.</summary>
    public ShapeSchema Structure => _resolved ??= (_structure ?? throw new InvalidOperationException($"A {Kind} has no structure."))();

    /// <summary>True where items of a list or entries of a map stand directly under their parent (XML and query only).</summary>
    public bool IsFlattened { get; internal init; }

    /// <summary>The XML name of a list's items; "member" where the model names none.</summary>
    public string ItemName { get; internal init; } = "member";

    /// <summary>True where the model itself names a list's items (the query protocol then uses it for flattened lists).</summary>
    public bool HasItemName { get; internal init; }

    /// <summary>The XML name of a map's keys.</summary>
    public string KeyName { get; internal init; } = "key";

    /// <summary>The XML name of a map's values.</summary>
    public string ValueName { get; internal init; } = "value";
}
