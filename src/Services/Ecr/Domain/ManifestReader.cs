using System.Text.Json;

namespace Fogbank.Services.Ecr.Domain;

/// <summary>
/// Reads manifests of every kind: OCI image and index, Docker schema 2 and list. Two readings of one manifest must not be possible, so members
/// that occur twice, and manifests that are image and index at once, are refused.
/// </summary>
internal static class ManifestReader
{
    /// <summary>https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html</summary>
    internal const int MaxBytes = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <param name="bytes">As the client sent them.</param>
    /// <param name="contentType">As it called them; null where it did not.</param>
    /// <param name="problem">What is wrong with them, for the client.</param>
    /// <returns>Null: something is wrong.</returns>
    internal static ManifestFacts? TryRead(ReadOnlyMemory<byte> bytes, string? contentType, out string problem)
    {
        var named = contentType?.Split(';')[0].Trim();
        if (named is not null && MediaTypes.IsSchema1(named))
        {
            problem = "manifests of schema version 1 are not supported: push with a client that writes schema version 2 or OCI manifests";
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            problem = "";
            return Read(document.RootElement, named is "" or "application/json" ? null : named);
        }
        catch (JsonException broken)
        {
            problem = $"the manifest is not JSON that can be read: {broken.Message}";
            return null;
        }
        catch (FormatException broken)
        {
            problem = broken.Message;
            return null;
        }
    }

    private static ManifestFacts Read(JsonElement root, string? contentType)
    {
        Require(root.ValueKind == JsonValueKind.Object, "the manifest is not a JSON object");
        Require(
            root.TryGetProperty("schemaVersion", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) && number == 2,
            "schemaVersion must be 2");
        var stated = Text(root, "mediaType");
        Require(stated is null || contentType is null || stated == contentType, $"the manifest is sent as {contentType} and says that it is {stated}");
        var (hasList, hasImage) = (root.TryGetProperty("manifests", out _), root.TryGetProperty("layers", out _) || root.TryGetProperty("config", out _));
        Require(!(hasList && hasImage), "the manifest has members of an image and of an index");
        var type = contentType ?? stated ?? (hasList ? MediaTypes.OciIndex : MediaTypes.OciManifest);
        Require(MediaTypes.IsManifest(type), $"manifests of media type {type} are not supported");
        var annotations = Annotations(root);
        var subject = root.TryGetProperty("subject", out var refers) && refers.ValueKind != JsonValueKind.Null ? Descriptor(refers, "subject").Digest : null;
        if (MediaTypes.IsIndex(type))
        {
            return new()
            {
                MediaType = type,
                IsIndex = true,
                ArtifactType = Text(root, "artifactType"),
                Subject = subject,
                Children = Descriptors(root, "manifests"),
                Annotations = annotations,
            };
        }

        Require(root.TryGetProperty("config", out var described), "config is missing");
        var config = Descriptor(described, "config");
        return new()
        {
            MediaType = type,
            IsIndex = false,
            ArtifactType = Text(root, "artifactType") is { Length: > 0 } artifact ? artifact : config.MediaType,
            Subject = subject,
            Config = config,
            Layers = Descriptors(root, "layers"),
            Annotations = annotations,
        };
    }

    private static List<ManifestDescriptor> Descriptors(JsonElement root, string name)
    {
        Require(root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array, $"{name} is missing");
        var descriptors = new List<ManifestDescriptor>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            descriptors.Add(Descriptor(item, $"{name}[{descriptors.Count}]"));
        }

        return descriptors;
    }

    private static ManifestDescriptor Descriptor(JsonElement element, string where)
    {
        Require(element.ValueKind == JsonValueKind.Object, $"{where} is not a descriptor");
        var digest = Text(element, "digest");
        Require(ContentDigest.IsSupported(digest), $"{where} has no digest of sha256 or sha512");
        var type = Text(element, "mediaType");
        Require(!string.IsNullOrEmpty(type), $"{where} has no mediaType");
        long size = 0;
        Require(
            element.TryGetProperty("size", out var stated) && stated.ValueKind == JsonValueKind.Number && stated.TryGetInt64(out size) && size >= 0,
            $"{where} has no size");
        var platform = element.TryGetProperty("platform", out var runs) && runs.ValueKind == JsonValueKind.Object ? runs : default;
        return new(type!, digest!, size)
        {
            IsForeign = MediaTypes.IsForeignLayer(type!),
            Os = platform.ValueKind == JsonValueKind.Object ? Text(platform, "os") : null,
            Architecture = platform.ValueKind == JsonValueKind.Object ? Text(platform, "architecture") : null,
            Annotations = Annotations(element),
        };
    }

    private static Dictionary<string, string>? Annotations(JsonElement element)
    {
        if (!element.TryGetProperty("annotations", out var map) || map.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        Require(map.ValueKind == JsonValueKind.Object, "annotations are not an object");
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in map.EnumerateObject())
        {
            Require(property.Value.ValueKind == JsonValueKind.String, $"annotation {property.Name} is not text");
            annotations[property.Name] = property.Value.GetString()!;
        }

        return annotations;
    }

    private static string? Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        Require(value.ValueKind == JsonValueKind.String, $"{name} is not text");
        return value.GetString();
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new FormatException(problem);
        }
    }
}
