using System.Globalization;
using Fogbank.Contracts;
using Fogbank.Kernel.Signing;
using Fogbank.Wire.Chunked;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Routing;
using Fogbank.Wire.Signing;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.FrontDoor;

/// <summary>Brings the body of a request into the form that its operation wants, and holds it against what was stated of it.</summary>
internal static class RequestPayload
{
    /// <summary>What must be read before the signature can be verified, since the signature covers its hash; empty where nothing must.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadBeforeAuthenticationAsync(
        ApiCall call, OperationSchema operation, PayloadPlan payload, CancellationToken cancellationToken)
    {
        if (call.Route.FormBody is { } form)
        {
            return form;
        }

        return operation.HasStreamingInput || payload.IsChunked
            ? ReadOnlyMemory<byte>.Empty
            : await ReadAsync(call, operation, call.Http.Request.Body, call.Http.Request.ContentLength, cancellationToken);
    }

    /// <summary>The request as the codec reads it.</summary>
    public static async ValueTask<WireRequest> OpenAsync(
        ApiCall call,
        OperationSchema operation,
        PayloadPlan payload,
        Caller caller,
        ReadOnlyMemory<byte> body,
        Func<string> newToken,
        CancellationToken cancellationToken)
    {
        var trailers = RequestHttpDetails.Announced(call.Facts);
        IHeaderDictionary headers = call.Http.Request.Headers;
        AwsChunkedStream? chunked = null;
        if (payload.IsChunked)
        {
            var length = DecodedLength(call.Facts);
            chunked = new AwsChunkedStream(call.Http.Request.Body, caller.ChunkSigner, payload.IsChunkSigned, payload.HasTrailer ? trailers : [], length);
            call.Body = chunked;
            headers = Unchunked(headers, length);
            if (!operation.HasStreamingInput)
            {
                body = await ReadAsync(call, operation, chunked, length, cancellationToken);
            }
        }
        else if (payload.LiteralHash is { } hash)
        {
            if (operation.HasStreamingInput)
            {
                call.Body = new HashedBodyStream(call.Http.Request.Body, hash);
            }
            else if (SigV4.HashHex(body.Span) is var computed && !computed.Equals(hash, StringComparison.OrdinalIgnoreCase))
            {
                throw SigningErrors.PayloadMismatch(hash, computed);
            }
        }

        if (operation.HasStreamingInput || operation.HasStreamingOutput)
        {
            RequestBody.LiftLimits(call.Http);
        }

        call.Details = new RequestHttpDetails(call.Facts, chunked, trailers);
        return new WireRequest
        {
            Method = call.Facts.Method,
            RawPath = call.Route.RawPath,
            RawQuery = call.Facts.RawQuery,
            Headers = headers,
            Labels = call.Route.Labels,
            Body = operation.HasStreamingInput ? ReadOnlyMemory<byte>.Empty : body,
            BodyStream = operation.HasStreamingInput ? call.Body ?? call.Http.Request.Body : null,
            NewToken = newToken,
        };
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(
        ApiCall call, OperationSchema operation, Stream body, long? length, CancellationToken cancellationToken)
    {
        var limit = BodyLimits.Of(operation);
        return await RequestBody.ReadAsync(call.Http, body, length, limit, cancellationToken)
            ?? throw FrontDoorErrors.BodyTooLarge(call.Route, length, limit, call.Facts.Header("X-Amz-Invocation-Type"));
    }

    private static long DecodedLength(RequestFacts facts) =>
        long.TryParse(facts.Header("x-amz-decoded-content-length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw ChunkedErrors.MissingLength();

    /// <summary>The headers of the body inside: an object is not stored as aws-chunked, nor with the length of its chunks.</summary>
    private static IHeaderDictionary Unchunked(IHeaderDictionary headers, long length)
    {
        IHeaderDictionary inner = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            inner[name] = value;
        }

        var encodings = headers.ContentEncoding.ToString()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(encoding => !encoding.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase));
        inner.ContentEncoding = string.Join(',', encodings) is { Length: > 0 } rest ? rest : default;
        inner.ContentLength = length;
        return inner;
    }
}
