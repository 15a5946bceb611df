using System.Globalization;
using Fogbank.Kernel;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>The X-Ray trace header that an event carries.</summary>
internal static class TraceHeaders
{
    private const int MaxLength = 1024;

    /// <summary>The caller's header; a new trace that is not sampled where there is none (or one that is no header).</summary>
    internal static string Of(string? given, IIdSource ids, DateTimeOffset now)
    {
        if (!string.IsNullOrEmpty(given) && given.Length <= MaxLength && given.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
        {
            return given;
        }

        var random = ids.NewHex(40);
        return string.Create(
            CultureInfo.InvariantCulture, $"Root=1-{now.ToUnixTimeSeconds():x8}-{random.AsSpan(0, 24)};Parent={random.AsSpan(24)};Sampled=0");
    }
}
