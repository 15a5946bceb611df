using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Http;

/// <summary>Lists: repositories, tags, referrers. All page by <c>Link</c> headers.</summary>
internal sealed class ListEndpoint(EcrStore store, RegistryAccess access)
{
    private const int MaxPage = 1000;
    private const int MaxReferrers = 100;

    internal async Task CatalogAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        CheckMethod(call);
        await access.DemandCatalogAsync(call, cancellationToken);
        var (scope, limit) = (call.Context.Scope, Limit(call, MaxPage));
        ScanToken? after = call.Query("last") is { Length: > 0 } last ? ScanToken.At(EcrStore.KeyOf(scope).Add(last)) : null;
        var page = limit == 0 ? null : await store.ListRepositoriesAsync(scope, limit, after, cancellationToken);
        IReadOnlyList<string> names = page is null ? [] : [.. page.Items.Select(static entry => entry.Value.Name)];
        Link(call, page?.Next is null ? null : $"/v2/_catalog?last={Uri.EscapeDataString(names[^1])}&n={limit}");
        await WriteAsync(call, "application/json", writer =>
        {
            writer.WriteStartArray("repositories"u8);
            WriteTexts(writer, names);
        });
    }

    internal async Task TagsAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        CheckMethod(call);
        await access.DemandListAsync(call, cancellationToken);
        var (key, limit) = (call.Repository, Limit(call, MaxPage));
        if (await store.FindRepositoryAsync(key, cancellationToken) is null)
        {
            throw RegistryErrors.NameUnknown(key);
        }

        ScanToken? after = call.Query("last") is { Length: > 0 } last ? ScanToken.At(EcrStore.KeyOf(key).Add(last)) : null;
        var page = limit == 0 ? null : await store.ListTagsAsync(key, limit, after, cancellationToken);
        IReadOnlyList<string> tags = page is null ? [] : [.. page.Items.Select(static entry => EcrStore.TagOf(entry.Key))];
        Link(call, page?.Next is null ? null : $"/v2/{key.Name}/tags/list?last={Uri.EscapeDataString(tags[^1])}&n={limit}");
        await WriteAsync(call, "application/json", writer =>
        {
            writer.WriteString("name"u8, key.Name);
            writer.WriteStartArray("tags"u8);
            WriteTexts(writer, tags);
        });
    }

    /// <summary>Manifests that name a subject: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers</summary>
    internal async Task ReferrersAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        CheckMethod(call);
        await access.DemandPullAsync(call, cancellationToken);
        var (key, subject, filter) = (call.Repository, call.Route.Reference, call.Query("artifactType"));
        if (!ContentDigest.IsSupported(subject))
        {
            throw RegistryErrors.DigestInvalid(subject);
        }

        if (await store.FindRepositoryAsync(key, cancellationToken) is null)
        {
            throw RegistryErrors.NameUnknown(key);
        }

        ScanToken? after = ScanToken.TryParse(call.Query("next"), out var next) ? next : null;
        var page = await store.ListReferrersAsync(key, subject, Math.Clamp(Limit(call, MaxReferrers), 1, MaxReferrers), after, cancellationToken);
        var found = new List<(ImageRecord Image, IReadOnlyDictionary<string, string>? Annotations)>();
        foreach (var image in page.Items.Select(static entry => entry.Value).Where(image => filter is null || image.ArtifactType == filter))
        {
            if (await store.ReadManifestAsync(image, cancellationToken) is { } bytes)
            {
                found.Add((image, ManifestReader.TryRead(bytes, image.MediaType, out _)?.Annotations));
            }
        }

        if (filter is not null)
        {
            call.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        var query = filter is null ? "" : $"artifactType={Uri.EscapeDataString(filter)}&";
        Link(call, page.Next is null ? null : $"/v2/{key.Name}/referrers/{subject}?{query}next={page.Next}");
        await WriteAsync(call, MediaTypes.OciIndex, writer =>
        {
            writer.WriteNumber("schemaVersion"u8, 2);
            writer.WriteString("mediaType"u8, MediaTypes.OciIndex);
            writer.WriteStartArray("manifests"u8);
            foreach (var (image, annotations) in found)
            {
                WriteDescriptor(writer, image, annotations);
            }

            writer.WriteEndArray();
        });
    }

    private static void WriteDescriptor(Utf8JsonWriter writer, ImageRecord image, IReadOnlyDictionary<string, string>? annotations)
    {
        writer.WriteStartObject();
        writer.WriteString("mediaType"u8, image.MediaType);
        writer.WriteString("digest"u8, image.Digest);
        writer.WriteNumber("size"u8, image.ManifestBytes);
        if (image.ArtifactType is { } type)
        {
            writer.WriteString("artifactType"u8, type);
        }

        if (annotations is { Count: > 0 })
        {
            writer.WriteStartObject("annotations"u8);
            foreach (var (name, value) in annotations)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void CheckMethod(RegistryCall call)
    {
        if (call.Request.Method is not ("GET" or "HEAD"))
        {
            throw RegistryErrors.MethodNotAllowed();
        }
    }

    private static int Limit(RegistryCall call, int most)
    {
        if (call.Query("n") is not { Length: > 0 } text)
        {
            return most;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted)
            ? (int)Math.Min(wanted, most)
            : throw RegistryErrors.PageInvalid();
    }

    private static void Link(RegistryCall call, string? next)
    {
        if (next is not null)
        {
            call.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        }
    }

    private static void WriteTexts(Utf8JsonWriter writer, IReadOnlyList<string> texts)
    {
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static async Task WriteAsync(RegistryCall call, string type, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        call.Response.ContentType = type;
        call.Response.ContentLength = buffer.WrittenCount;
        if (call.Request.Method != "HEAD")
        {
            await call.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, call.Http.RequestAborted);
        }
    }
}
