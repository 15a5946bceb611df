using System.Globalization;
using Fogbank.Contracts.Lambda;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;

namespace Fogbank.Services.Lambda.Views;

/// <summary>A function's configuration on the wire. What AWS leaves out of an answer is left out here.</summary>
internal sealed class FunctionConfigurationView(EnvironmentSeal seal)
{
    /// <summary>As Create, Get and Update answer it.</summary>
    /// <param name="key">The function.</param>
    /// <param name="version">Its configuration.</param>
    /// <param name="isQualified">The ARN ends with the version: published versions, and where the caller gave a qualifier.</param>
    internal FunctionConfiguration From(FunctionKey key, VersionRecord version, bool isQualified) => Make(key, version, isQualified, withState: true);

    /// <summary>As lists answer it: without its state.</summary>
    internal FunctionConfiguration Listed(FunctionKey key, VersionRecord version, bool isQualified) => Make(key, version, isQualified, withState: false);

    /// <summary>Lambda's own form of an instant.</summary>
    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);

    private FunctionConfiguration Make(FunctionKey key, VersionRecord version, bool isQualified, bool withState) => new()
    {
        FunctionName = key.Name,
        FunctionArn = key.QualifiedArn(isQualified ? version.Version : null),
        Runtime = version.Code.Image is null ? version.Runtime : null,
        Role = version.Role,
        Handler = version.Code.Image is null ? version.Handler : null,
        CodeSize = version.Code.SizeBytes,
        Description = version.Description,
        Timeout = version.TimeoutSeconds,
        MemorySize = version.MemoryMegabytes,
        LastModified = Time(version.LastModified),
        CodeSha256 = version.Code.ShownSha256,
        Version = version.Version,
        Environment = seal.Open(key, version.SealedEnvironment) is { } variables ? new() { Variables = variables } : null,
        TracingConfig = new() { Mode = TracingMode.PassThrough },
        RevisionId = version.RevisionId,
        State = withState ? version.State : null,
        StateReason = withState ? version.StateReason : null,
        StateReasonCode = withState ? version.StateReasonCode : null,
        LastUpdateStatus = withState ? version.LastUpdateStatus : null,
        LastUpdateStatusReason = withState ? version.LastUpdateStatusReason : null,
        LastUpdateStatusReasonCode = withState ? version.LastUpdateStatusReasonCode : null,
        PackageType = version.Code.Image is null ? PackageType.Zip : PackageType.Image,
        ImageConfigResponse = version.ImageConfig?.ToResponse(),
        Architectures = [version.Architecture],
        EphemeralStorage = new() { Size = version.StorageMegabytes },
        SnapStart = new() { ApplyOn = SnapStartApplyOn.None, OptimizationStatus = SnapStartOptimizationStatus.Off },
        RuntimeVersionConfig = withState && version.Code.Image is null ? new() { RuntimeVersionArn = RuntimeVersion.Arn(key.Scope.Region, version.Runtime) } : null,
        LoggingConfig = new()
        {
            LogFormat = version.Logging.Format,
            LogGroup = version.Logging.Group,
            ApplicationLogLevel = version.Logging.ApplicationLevel,
            SystemLogLevel = version.Logging.SystemLevel,
        },
    };
}
