using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;

namespace Fogbank.Wire.Validation;

/// <summary>
/// The reader that shapes are given: takes values from a protocol's <see cref="ValueSource"/> and holds them against the model. Paths and
/// messages are made only where something is wrong.
/// </summary>
internal sealed class RequestReader(ValueSource source, ValidationPolicy policy, Func<string> newToken) : ShapeReader
{
    /// <summary>A request with more faults than anybody reads does not earn an answer of any length.</summary>
    private const int MaxViolations = 100;

    private readonly ReadingStack _stack = new();
    private TypeSchema _type = null!;
    private string? _token;
    private List<Violation>? _violations;

    public override IReadOnlyList<Violation> Violations => _violations ?? [];

    public override bool Next(ShapeSchema schema, ref int member)
    {
        if (member < 0)
        {
            _stack.Push(new ReadingStack.Frame { Schema = schema });
        }

        ref var frame = ref _stack.Top;
        if (!frame.IsAtEnd && source.Next(schema, ref member))
        {
            Enter(ref frame, schema, member);
            return true;
        }

        frame.IsAtEnd = true;
        if (schema.TokenMember >= 0 && !frame.Has(schema.TokenMember))
        {
            member = schema.TokenMember;
            Enter(ref frame, schema, member);
            _token = newToken();
            return true;
        }

        CheckMembers(frame);
        if (_stack.Pop() == 0)
        {
            source.Finish();
        }

        return false;
    }

    public override string String()
    {
        if (_token is { } token)
        {
            _token = null;
            return token;
        }

        var type = _type;
        var value = source.String(type);
        if (type.Constraint is { } constraint)
        {
            CheckText(constraint, value);
        }

        return value;
    }

    public override bool Boolean() => source.Boolean(_type);

    public override int Int32()
    {
        var type = _type;
        var value = source.Int32(type);
        CheckRange(type.Constraint, value, value);
        return value;
    }

    public override long Int64()
    {
        var type = _type;
        var value = source.Int64(type);
        CheckRange(type.Constraint, value, value);
        return value;
    }

    public override float Single() => (float)Double();

    public override double Double()
    {
        var type = _type;
        var value = source.Double(type);

        // A decimal holds no more than 7.9e28; beyond it every model's bound is broken in the same direction.
        var comparable = double.IsNaN(value) ? 0m : (decimal)Math.Clamp(value, -7.9e28, 7.9e28);
        CheckRange(type.Constraint, comparable, value);
        return value;
    }

    public override ReadOnlyMemory<byte> Blob()
    {
        var type = _type;
        var value = source.Blob(type);
        if (type.Constraint is { } constraint)
        {
            CheckLength(constraint, value.Length, value);
        }

        return value;
    }

    public override DateTimeOffset Timestamp() => source.Timestamp(_type);

    public override JsonElement Document() => source.Document(_type);

    public override Stream Stream() => source.Stream(_type);

    public override IReadOnlyList<T> List<T>(Func<ShapeReader, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var list = _type;
        var at = _stack.Push(default);
        var items = new List<T>();
        var item = -1;
        while (source.NextItem(list, ref item))
        {
            _stack[at].Index = item;
            _type = list.Element!;
            items.Add(read(this));
        }

        _stack.Pop();
        if (source.TakeSkippedNull() || _stack[at].HasBadItem)
        {
            Report(items, ValidationText.Items(list.Element!, SaysNotNull()));
        }

        if (list.Constraint is { } constraint)
        {
            CheckLength(constraint, items.Count, items);
        }

        return items;
    }

    public override IReadOnlyDictionary<string, T> Map<T>(Func<ShapeReader, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var map = _type;
        var at = _stack.Push(default);
        var entries = new Dictionary<string, T>(StringComparer.Ordinal);
        var entry = -1;
        var hasBadKey = false;
        while (source.NextEntry(map, ref entry, out var key))
        {
            _stack[at].Key = key;
            _type = map.Element!;
            hasBadKey |= map.Key?.Constraint is { } keyConstraint && !Satisfies(keyConstraint, key);
            entries[key] = read(this);
        }

        _stack.Pop();
        if (hasBadKey)
        {
            Report(entries, ValidationText.MapKeys(map.Key!));
        }

        if (source.TakeSkippedNull() || _stack[at].HasBadItem)
        {
            Report(entries, ValidationText.MapValues(map.Element!, SaysNotNull()));
        }

        if (map.Constraint is { } constraint)
        {
            CheckLength(constraint, entries.Count, entries);
        }

        return entries;
    }

    private static bool Satisfies(Constraint constraint, string value) =>
        !(value.Length > constraint.Max) && !(value.Length < constraint.Min)
        && (constraint.Values is null || constraint.Values.Contains(value)) && constraint.IsMatch(value);

    private void Enter(ref ReadingStack.Frame frame, ShapeSchema schema, int member)
    {
        frame.Member = member;
        if (member < 64)
        {
            frame.Seen |= 1UL << member;
        }

        _type = schema.Members[member].Type;
    }

    private void CheckMembers(ReadingStack.Frame frame)
    {
        var schema = frame.Schema!;
        var missing = schema.RequiredMask & ~frame.Seen;
        if (missing != 0)
        {
            for (var i = 0; i < schema.Members.Count && i < 64; i++)
            {
                if ((missing & (1UL << i)) != 0)
                {
                    _stack.Top.Member = i;
                    Add(new Violation(_stack.Path(), null, ValidationText.NotNull, IsMissing: true));
                }
            }
        }

        if (schema.IsUnion && System.Numerics.BitOperations.PopCount(frame.Seen) != 1)
        {
            throw new WireFormatException($"Exactly one member of {schema.Name} must be set.");
        }
    }

    private void CheckText(Constraint constraint, string value)
    {
        if (Satisfies(constraint, value))
        {
            return;
        }

        if (!constraint.IsMatch(value))
        {
            Report(value, ValidationText.Pattern(constraint));
        }

        CheckLength(constraint, value.Length, value);
        if (constraint.Values is not null && !constraint.Values.Contains(value))
        {
            Report(value, ValidationText.Enum(constraint));
        }
    }

    private void CheckLength<T>(Constraint constraint, int length, T value)
    {
        if (length > constraint.Max)
        {
            Report(value, ValidationText.MaxLength(constraint));
        }

        if (length < constraint.Min)
        {
            Report(value, ValidationText.MinLength(constraint));
        }
    }

    private void CheckRange<T>(Constraint? constraint, decimal value, T printed)
    {
        if (value > constraint?.Max)
        {
            Report(printed, ValidationText.MaxValue(constraint));
        }

        if (value < constraint?.Min)
        {
            Report(printed, ValidationText.MinValue(constraint));
        }
    }

    private void Report<T>(T value, string demand)
    {
        var frame = _stack.Top;
        if (frame.Schema is not { } schema)
        {
            // AWS reports the whole list or map once, with all that it demands of its items.
            _stack.Top.HasBadItem = true;
            return;
        }

        if (policy.LeftToService.Count == 0 || !policy.LeftToService.Contains($"{schema.Name}.{schema.Members[frame.Member].Name}"))
        {
            Add(new Violation(_stack.Path(), ValueText.Of(value), demand, IsMissing: false));
        }
    }

    private bool SaysNotNull() => _stack.Top.Schema is not { } schema || policy.SaysNotNull(schema.Members[_stack.Top.Member].Name);

    private void Add(Violation violation)
    {
        _violations ??= [];
        if (_violations.Count < MaxViolations)
        {
            _violations.Add(violation with { Root = _stack[0].Schema!.Members[_stack[0].Member] });
        }
    }
}
