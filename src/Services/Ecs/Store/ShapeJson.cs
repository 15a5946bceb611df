using System.Text.Json;
using System.Text.Json.Serialization;
using Fogbank.Contracts;

namespace Fogbank.Services.Ecs.Store;

/// <summary>Stores a shape inside a record, by the model's names: a task definition has a hundred members, none of which must get lost.</summary>
internal sealed class ShapeJson<T> : JsonConverter<T>
    where T : Shape, IShape<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return T.Read(new ShapeJsonReader(document.RootElement));
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => new ShapeJsonWriter(writer, TimeForm.Unix).Write(value);
}
