namespace Fogbank.Services.S3;

/// <summary>Times as S3 keeps them.</summary>
internal static class S3Clock
{
    /// <summary>Now, in whole seconds: <c>Last-Modified</c> carries no more, and listings must not show another time than it does.</summary>
    public static DateTimeOffset NowInSeconds(this TimeProvider time) => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
}
