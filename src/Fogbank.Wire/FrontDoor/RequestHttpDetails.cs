using System.Globalization;
using Fogbank.Kernel;
using Fogbank.Wire.Chunked;
using Fogbank.Wire.Routing;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.FrontDoor;

/// <summary>What operations see of the HTTP request underneath.</summary>
internal sealed class RequestHttpDetails(RequestFacts facts, AwsChunkedStream? chunked, IReadOnlyList<string> announcedTrailers) : HttpDetails
{
    public override IReadOnlyList<string> AnnouncedTrailers => announcedTrailers;

    public override long? DecodedContentLength =>
        long.TryParse(facts.Header("x-amz-decoded-content-length"), NumberStyles.None, CultureInfo.InvariantCulture, out var decoded)
            ? decoded
            : facts.Request.ContentLength;

    public override string? RemoteAddress => facts.Request.HttpContext.Connection.RemoteIpAddress?.ToString();

    public override string RawTarget => facts.RawTarget;

    public override string? Header(string name) => facts.Header(name);

    public override string? Query(string name) => RawQuery.Find(facts.RawQuery, name);

    public override string? Trailer(string name)
    {
        if (chunked is not null)
        {
            return chunked.Trailers.GetValueOrDefault(name);
        }

        var request = facts.Request;
        return request.SupportsTrailers() && request.CheckTrailersAvailable() && request.GetTrailer(name) is { Count: > 0 } value
            ? value.ToString()
            : null;
    }

    /// <summary>Names in the <c>x-amz-trailer</c> header.</summary>
    public static IReadOnlyList<string> Announced(RequestFacts facts) =>
        facts.Header("x-amz-trailer") is { } names ? names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
}
