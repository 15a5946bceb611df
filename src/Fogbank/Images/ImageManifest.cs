using System.Text.Json;
using Fogbank.Client;

namespace Fogbank.Images;

/// <summary>A manifest as it was read: an index with its images, or an image with its configuration and layers.</summary>
internal sealed record ImageManifest(string MediaType, byte[] Bytes)
{
    /// <summary>The registry takes no larger one.</summary>
    internal const int MaxBytes = 4 << 20;

    internal const int MaxConfigBytes = 8 << 20;

    internal IReadOnlyList<ImageDescriptor> Children { get; init; } = [];

    internal ImageDescriptor? Config { get; init; }

    internal IReadOnlyList<ImageDescriptor> Layers { get; init; } = [];

    /// <param name="type">Media type that the bytes came under; empty where it is unknown.</param>
    internal static ImageManifest Read(byte[] bytes, string type)
    {
        using var json = Parse(bytes, "A manifest");
        var root = json.RootElement;
        if (type.Length == 0)
        {
            type = root.TryGetProperty("mediaType", out var stated) && stated.GetString() is { Length: > 0 } own ? own
                : root.TryGetProperty("manifests", out _) ? ImageTypes.OciIndex
                : ImageTypes.OciManifest;
        }

        if (ImageTypes.IsIndex(type))
        {
            return new(type, bytes) { Children = Descriptors(root, "manifests") };
        }

        if (!ImageTypes.IsManifest(type) || !root.TryGetProperty("config", out var config))
        {
            throw new CommandException($"A manifest of type {type} is none that images have.");
        }

        return new(type, bytes) { Config = ImageDescriptor.Read(config), Layers = Descriptors(root, "layers") };
    }

    /// <summary>JSON that cannot be read in two ways.</summary>
    internal static JsonDocument Parse(byte[] bytes, string what)
    {
        try
        {
            var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 32 });
            if (json.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                return json;
            }

            json.Dispose();
        }
        catch (JsonException)
        {
        }

        throw new CommandException($"{what} is not JSON that can be read.");
    }

    private static IReadOnlyList<ImageDescriptor> Descriptors(JsonElement root, string name) =>
        root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(ImageDescriptor.Read)]
            : throw new CommandException($"A manifest has no {name}.");
}
