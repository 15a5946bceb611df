using Fogbank.Contracts;

namespace Fogbank.Wire.FrontDoor;

/// <summary>How long a body may be that is read whole. What streams has no limit here: its service has.</summary>
internal static class BodyLimits
{
    /// <summary>Where nothing else is said. No AWS control-plane API takes more than a megabyte; XML and forms swell what they carry.</summary>
    public const long Default = 2 * 1024 * 1024;

    /// <summary>https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html</summary>
    private const long Invocation = 6_291_456;

    /// <summary>A package of 50 MB in base64, as AWS's error text has it.</summary>
    private const long CodePackage = 70_167_211;

    /// <summary>1,048,576 bytes of events, which JSON may swell by its escapes and names.</summary>
    private const long LogBatch = 8 * 1024 * 1024;

    /// <summary>Bodies of 1,000 keys or 10,000 parts.</summary>
    private const long ObjectList = 8 * 1024 * 1024;

    /// <summary>A part of a layer, 20 MiB by the model, in base64.</summary>
    private const long LayerPart = 28 * 1024 * 1024;

    /// <summary>A manifest of 4 MiB, of which JSON escapes every quotation mark.</summary>
    private const long Manifest = 9 * 1024 * 1024;

    public static long Of(OperationSchema operation) => (operation.Api.Name, operation.Name) switch
    {
        ("ecr", "UploadLayerPart") => LayerPart,
        ("ecr", "PutImage") => Manifest,
        ("lambda", "Invoke" or "InvokeAsync" or "InvokeWithResponseStream") => Invocation,
        ("lambda", "CreateFunction" or "UpdateFunctionCode" or "PublishLayerVersion") => CodePackage,
        ("logs", "PutLogEvents") => LogBatch,
        ("s3", "DeleteObjects" or "CompleteMultipartUpload") => ObjectList,
        _ => Default,
    };
}
