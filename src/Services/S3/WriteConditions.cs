namespace Fogbank.Services.S3;

/// <summary>The conditions of writes.</summary>
internal static class WriteConditions
{
    /// <summary>If-None-Match on a write may only be <c>*</c>.</summary>
    public static bool IfAbsent(string? ifNoneMatch) => ifNoneMatch switch
    {
        null => false,
        "*" => true,
        _ => throw S3Errors.UnsupportedHeader("If-None-Match", "We don't accept the provided value of If-None-Match header for this API"),
    };
}
