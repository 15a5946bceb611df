namespace Fogbank.Services.S3.Domain;

/// <summary>The conditions of a request on an object's ETag and date. Dates compare by whole seconds, as headers carry them.</summary>
internal readonly record struct Conditions(
    string? IfMatch, string? IfNoneMatch, DateTimeOffset? IfModifiedSince, DateTimeOffset? IfUnmodifiedSince)
{
    /// <summary>What the conditions of a read say.</summary>
    /// <returns>Null: answer. Otherwise the header that did not hold, and whether the answer is 304 instead of 412.</returns>
    public FailedCondition? CheckRead(string etag, DateTimeOffset modifiedAt, DateTimeOffset now)
    {
        // RFC 9110, 13.2.2: a tag decides alone where it is given, and the date beside it is not looked at.
        if (IfMatch is not null)
        {
            if (!EntityTag.Matches(IfMatch, etag))
            {
                return new("If-Match", IsNotModified: false);
            }
        }
        else if (IfUnmodifiedSince is { } unmodified && IsAfter(modifiedAt, unmodified))
        {
            return new("If-Unmodified-Since", IsNotModified: false);
        }

        if (IfNoneMatch is not null)
        {
            return EntityTag.Matches(IfNoneMatch, etag) ? new("If-None-Match", IsNotModified: true) : null;
        }

        // A date in the future is no condition (RFC 9110, 13.1.3).
        return IfModifiedSince is { } modified && modified <= now && !IsAfter(modifiedAt, modified)
            ? new("If-Modified-Since", IsNotModified: true)
            : null;
    }

    /// <summary>What the conditions on the source of a copy say: each of them fails with 412.</summary>
    public FailedCondition? CheckCopySource(string etag, DateTimeOffset modifiedAt, DateTimeOffset now) =>
        CheckRead(etag, modifiedAt, now) is { } failed ? new($"x-amz-copy-source-{failed.Header}", IsNotModified: false) : null;

    private static bool IsAfter(DateTimeOffset modifiedAt, DateTimeOffset header) =>
        modifiedAt.ToUnixTimeSeconds() > header.ToUnixTimeSeconds();
}

/// <summary>A condition that did not hold.</summary>
/// <param name="Header">Its header, as S3's error names it.</param>
/// <param name="IsNotModified">The answer is 304, not 412.</param>
internal readonly record struct FailedCondition(string Header, bool IsNotModified);
