using System.Text.Json.Serialization;

namespace Fogbank.Tests.Kits.Store;

public sealed record Thing(string Name, int Size, string? Colour = null, DateTimeOffset? WakeAt = null, long[]? Blobs = null);

[JsonSerializable(typeof(Thing))]
public sealed partial class StoreKitJson : JsonSerializerContext;
