using System.Globalization;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Services.Ecr.Http;

/// <summary>Pushes of blobs: begun, in pieces, in one body, by mounting what another repository has, taken up again, given up.</summary>
internal sealed class UploadEndpoint(EcrStore store, BlobUploads uploads, PushTargets targets, RegistryAccess access)
{
    internal async Task StartAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        if (call.Request.Method != "POST")
        {
            throw RegistryErrors.MethodNotAllowed();
        }

        await access.DemandUploadStartAsync(call, cancellationToken);
        await targets.EnsureAsync(call, cancellationToken);
        if (call.Query("mount") is { } mount && await MountAsync(call, mount, cancellationToken))
        {
            return;
        }

        if (call.Query("digest") is { } digest)
        {
            Check(digest);
            Answer(call, digest, await uploads.PutAsync(call.Repository, digest, call.Request.Body, cancellationToken));
            return;
        }

        var upload = await uploads.StartAsync(call.Repository, cancellationToken) ?? throw RegistryErrors.NameUnknown(call.Repository);
        Describe(call, upload.Id, 0, StatusCodes.Status202Accepted);
    }

    internal async Task HandleAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        var id = call.Route.Reference;
        switch (call.Request.Method)
        {
            // What has arrived is kept although the client left, also where its leaving is seen before the first byte is read: the end of
            // these is the body's own, or that of its patience.
            case "PATCH":
                await access.DemandUploadAsync(call, CancellationToken.None);
                Answer(call, null, await uploads.AppendAsync(call.Repository, id, call.Request.Body, Offset(call), CancellationToken.None));
                break;
            case "PUT":
                await access.DemandUploadEndAsync(call, CancellationToken.None);
                var digest = Check(call.Query("digest"));
                Answer(call, digest, await uploads.CompleteAsync(call.Repository, id, digest, call.Request.Body, Offset(call), CancellationToken.None));
                break;
            case "GET" or "HEAD":
                await access.DemandUploadAsync(call, cancellationToken);
                var upload = await uploads.FindAsync(call.Repository, id, cancellationToken) ?? throw RegistryErrors.UploadUnknown(id);
                Describe(call, id, upload.SizeBytes, StatusCodes.Status204NoContent);
                break;
            case "DELETE":
                await access.DemandUploadAsync(call, cancellationToken);
                if (!await uploads.CancelAsync(call.Repository, id, cancellationToken))
                {
                    throw RegistryErrors.UploadUnknown(id);
                }

                call.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            default:
                throw RegistryErrors.MethodNotAllowed();
        }
    }

    /// <returns>False: the client uploads it instead.</returns>
    private async ValueTask<bool> MountAsync(RegistryCall call, string digest, CancellationToken cancellationToken)
    {
        if (call.Query("from") is not { } from || !RegistryNames.IsRepository(from) || !ContentDigest.IsSupported(digest))
        {
            return false;
        }

        if (await store.GetSettingAsync(call.Context.Scope, AccountSettings.BlobMounting, cancellationToken) != AccountSettings.Enabled)
        {
            return false;
        }

        var source = call with { Route = call.Route with { Repository = from } };
        try
        {
            await access.DemandDownloadAsync(source, digest, cancellationToken);
        }
        catch (RegistryException)
        {
            // Who may not read there uploads what they have; whether it is there is not told.
            return false;
        }

        if (await uploads.MountAsync(source.Repository, call.Repository, digest, cancellationToken) is null)
        {
            return false;
        }

        Stored(call, digest);
        return true;
    }

    private static void Answer(RegistryCall call, string? digest, UploadResult result)
    {
        switch (result.Outcome)
        {
            case UploadOutcome.Appended:
                Describe(call, call.Route.Reference, result.SizeBytes, StatusCodes.Status202Accepted);
                break;
            case UploadOutcome.Stored:
                Stored(call, digest!);
                break;
            case UploadOutcome.RepositoryNotFound:
                throw RegistryErrors.NameUnknown(call.Repository);
            case UploadOutcome.Unknown:
                throw RegistryErrors.UploadUnknown(call.Route.Reference);
            case UploadOutcome.WrongOffset:
                throw new RegistryException(416, "BLOB_UPLOAD_INVALID", $"The upload has {result.SizeBytes} bytes: the next piece begins there")
                {
                    Headers = [new("Location", Location(call, call.Route.Reference)), new("Range", RangeOf(result.SizeBytes))],
                };
            case UploadOutcome.DigestDiffers:
                throw RegistryErrors.DigestDiffers(digest!, result.ActualDigest);
            default:
                throw RegistryErrors.BlobTooLarge();
        }
    }

    private static string Check(string? digest) => ContentDigest.IsSupported(digest) ? digest! : throw RegistryErrors.DigestInvalid(digest);

    /// <summary>Where the client says that its piece begins: <c>Content-Range: 0-99</c> (also <c>bytes 0-99/200</c>); null where it says nothing.</summary>
    private static long? Offset(RegistryCall call)
    {
        var header = call.Request.Headers.ContentRange.ToString();
        if (header.Length == 0)
        {
            return null;
        }

        var text = header.StartsWith("bytes ", StringComparison.OrdinalIgnoreCase) ? header.AsSpan(6) : header.AsSpan();
        var slash = text.IndexOf('/');
        text = slash < 0 ? text : text[..slash];
        var dash = text.IndexOf('-');
        if (dash <= 0
            || !long.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || last < first - 1)
        {
            throw RegistryErrors.UploadInvalid($"Content-Range '{header}' is not of the form first-last");
        }

        return call.Request.ContentLength is { } length && length != last - first + 1
            ? throw RegistryErrors.RangeInvalid($"Content-Range '{header}' is not as long as the body of {length} bytes")
            : first;
    }

    private static void Stored(RegistryCall call, string digest)
    {
        call.Response.StatusCode = StatusCodes.Status201Created;
        call.Response.Headers.Location = $"/v2/{call.Route.Repository}/blobs/{digest}";
        call.Response.Headers["Docker-Content-Digest"] = digest;
    }

    private static void Describe(RegistryCall call, string id, long size, int status)
    {
        call.Response.StatusCode = status;
        var headers = call.Response.Headers;
        headers.Location = Location(call, id);
        headers.Range = RangeOf(size);
        headers["Docker-Upload-UUID"] = id;
    }

    private static string Location(RegistryCall call, string id) => $"/v2/{call.Route.Repository}/blobs/uploads/{id}";

    private static string RangeOf(long size) => $"0-{Math.Max(0, size - 1)}";
}
