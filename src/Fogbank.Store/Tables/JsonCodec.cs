using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fogbank.Store;

/// <summary>Stores values as UTF-8 JSON by a source-generated serializer: control records, which gain members over the years.</summary>
public sealed class JsonCodec<T>(JsonTypeInfo<T> type) : ICodec<T>
{
    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public void Write(IBufferWriter<byte> target, T value)
    {
        // The writer is taken while in use, so that a converter which writes another record cannot meet itself.
        var writer = _writer ?? new Utf8JsonWriter(target);
        _writer = null;
        writer.Reset(target);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        _writer = writer;
    }

    public T Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new FormatException($"A stored {typeof(T).Name} is null.");
        }
        catch (JsonException damaged)
        {
            throw new FormatException($"A stored {typeof(T).Name} cannot be read.", damaged);
        }
    }
}
