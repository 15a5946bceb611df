namespace Fogbank.Tests.EndToEnd.Harness.Recording;

/// <summary>Where an answer may differ from the recordings, each with its reason.</summary>
internal static class ShapeExceptions
{
    // Where: a text that the answer holds when the exception applies; null for always.
    private static readonly (string Operation, string Member, string? Where, string Reason)[] All =
    [
        ("lambda:GetFunction", "Configuration.LastUpdateStatus", "\"Pending\"", Created),
        ("lambda:GetFunctionConfiguration", "LastUpdateStatus", "\"Pending\"", Created),
        ("lambda:CreateFunction", "Handler", ImageType, OfPackages),
        ("lambda:CreateFunction", "Runtime", ImageType, OfPackages),
        ("lambda:UpdateFunctionConfiguration", "ImageConfigResponse.ImageConfig.Command", null, SetAll),
        ("lambda:UpdateFunctionConfiguration", "ImageConfigResponse.ImageConfig.WorkingDirectory", null, SetAll),
        ("lambda:GetFunction", "Configuration.ImageConfigResponse.ImageConfig.Command", null, SetAll),
        ("lambda:GetFunction", "Configuration.ImageConfigResponse.ImageConfig.WorkingDirectory", null, SetAll),
        ("lambda:GetFunctionConfiguration", "ImageConfigResponse.ImageConfig.Command", null, SetAll),
        ("lambda:GetFunctionConfiguration", "ImageConfigResponse.ImageConfig.WorkingDirectory", null, SetAll),
        ("logs:PutLogEvents", "rejectedLogEventsInfo", null, "The only recording is of events that were too old; AWS documents the member for rejected events alone."),
    ];

    private const string ImageType = "\"PackageType\":\"Image\"";
    private const string OfPackages = "All recordings are of packages; those of other operations show that images have no such member.";
    private const string SetAll = "The only recordings are of functions that set it.";
    private const string Created = "A function that is still being created has had no update; the recordings were made after.";

    public static bool Admit(string api, string operation, string member, Exchange exchange) =>
        Array.Exists(All, exception => exception.Operation == $"{api}:{operation}"
            && exception.Member == member
            && (exception.Where is null || exchange.Response.Text.Contains(exception.Where, StringComparison.Ordinal)));
}
