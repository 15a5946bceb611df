using System.Text.Json;
using Fogbank.Contracts;

namespace Fogbank.Services.Ecs.Store;

/// <summary>Reads what <see cref="ShapeJsonWriter"/> wrote. It was valid when it came in, so nothing is checked again.</summary>
internal sealed class ShapeJsonReader(JsonElement root) : ShapeReader
{
    private readonly Stack<JsonElement.ObjectEnumerator> _structures = new();
    private JsonElement _value = root;

    public override IReadOnlyList<Violation> Violations => [];

    public override bool Next(ShapeSchema schema, ref int member)
    {
        if (member == -1)
        {
            _structures.Push(_value.EnumerateObject());
        }

        var members = _structures.Pop();
        while (members.MoveNext())
        {
            if (members.Current.Value.ValueKind != JsonValueKind.Null && schema.IndexOf(members.Current.Name) is >= 0 and var index)
            {
                member = index;
                _value = members.Current.Value;
                _structures.Push(members);
                return true;
            }
        }

        return false;
    }

    public override string String() => _value.GetString() ?? "";

    public override bool Boolean() => _value.GetBoolean();

    public override int Int32() => _value.GetInt32();

    public override long Int64() => _value.GetInt64();

    public override float Single() => _value.GetSingle();

    public override double Double() => _value.GetDouble();

    public override ReadOnlyMemory<byte> Blob() => _value.GetBytesFromBase64();

    public override DateTimeOffset Timestamp() => DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(_value.GetDouble() * 1000));

    public override JsonElement Document() => _value.Clone();

    public override Stream Stream() => throw new NotSupportedException("A stream cannot be stored.");

    public override IReadOnlyList<T> List<T>(Func<ShapeReader, T> read)
    {
        var items = new List<T>(_value.GetArrayLength());
        foreach (var item in _value.EnumerateArray())
        {
            _value = item;
            items.Add(read(this));
        }

        return items;
    }

    public override IReadOnlyDictionary<string, T> Map<T>(Func<ShapeReader, T> read)
    {
        var entries = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var entry in _value.EnumerateObject())
        {
            _value = entry.Value;
            entries[entry.Name] = read(this);
        }

        return entries;
    }
}
