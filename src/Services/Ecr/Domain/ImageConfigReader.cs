using System.Text.Json;
using Fogbank.Kernel.Images;

namespace Fogbank.Services.Ecr.Domain;

/// <summary>What an image's configuration blob says: https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md</summary>
/// <param name="DiffIds">Digests of the uncompressed layers, the lowest first.</param>
internal sealed record ImageConfig(ImagePlatform Platform, ImageConfiguration Configuration, IReadOnlyList<string> DiffIds);

/// <summary>Reads configuration blobs. They come from whoever pushed the image: nothing of them is taken on trust but as the image's own wish.</summary>
internal static class ImageConfigReader
{
    /// <summary>Real ones have a few kilobytes; the longest histories some hundred.</summary>
    internal const int MaxBytes = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <exception cref="FormatException">It is no configuration of an image; the message says why.</exception>
    internal static ImageConfig Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("it is not a JSON object");
            }

            var config = root.TryGetProperty("config", out var runs) && runs.ValueKind == JsonValueKind.Object ? runs : default;
            var diffIds = root.TryGetProperty("rootfs", out var rootfs) && rootfs.ValueKind == JsonValueKind.Object ? Texts(rootfs, "diff_ids") : [];
            if (diffIds.Find(static id => !ContentDigest.IsSupported(id)) is { } odd)
            {
                throw new FormatException($"diff_ids has '{odd}', which is not a digest");
            }

            return new(
                new ImagePlatform(Text(root, "os") ?? "linux", Text(root, "architecture") ?? throw new FormatException("it names no architecture")),
                config.ValueKind == JsonValueKind.Object ? ReadConfiguration(config) : new(),
                diffIds);
        }
        catch (JsonException broken)
        {
            throw new FormatException("it is not JSON that can be read", broken);
        }
    }

    private static ImageConfiguration ReadConfiguration(JsonElement config) => new()
    {
        Entrypoint = Texts(config, "Entrypoint"),
        Command = Texts(config, "Cmd"),
        Environment = Texts(config, "Env"),
        WorkingDirectory = Text(config, "WorkingDir") ?? "",
        User = Text(config, "User") ?? "",
        StopSignal = Text(config, "StopSignal") is { Length: > 0 } signal ? signal : null,
        ExposedPorts = Names(config, "ExposedPorts"),
        Volumes = Names(config, "Volumes"),
        Labels = Map(config, "Labels"),
    };

    private static string? Text(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null
            ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString() : throw new FormatException($"{name} is not text");

    private static List<string> Texts(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"{name} is not a list");
        }

        var texts = new List<string>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            texts.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : throw new FormatException($"{name} holds what is not text"));
        }

        return texts;
    }

    /// <summary>Sets are written as objects whose values mean nothing.</summary>
    private static List<string> Names(JsonElement element, string name) =>
        element.TryGetProperty(name, out var set) && set.ValueKind == JsonValueKind.Object
            ? [.. set.EnumerateObject().Select(static property => property.Name)]
            : [];

    private static Dictionary<string, string> Map(JsonElement element, string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (element.TryGetProperty(name, out var labels) && labels.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in labels.EnumerateObject())
            {
                map[property.Name] = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : "";
            }
        }

        return map;
    }
}
