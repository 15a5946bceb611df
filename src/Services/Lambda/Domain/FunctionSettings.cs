using System.Runtime.InteropServices;
using Fogbank.Contracts.Lambda;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>Settings of a request that the contract's schema cannot judge; and those that Fogbank does not build, refused by name.</summary>
internal static class FunctionSettings
{
    internal const string X86 = "x86_64";
    internal const string Arm = "arm64";

    private const int MaxMemoryMegabytes = 10_240;
    private const int MaxTimeoutSeconds = 900;

    /// <summary>The architecture of this machine, which is the only one that code can run on.</summary>
    internal static string HostArchitecture => RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? Arm : X86;

    internal static void Check(CreateFunctionRequest request)
    {
        Refuse(request.Code.SourceKMSKeyArn is not null, "Code.SourceKMSKeyArn");
        Refuse(request.Code.S3ObjectStorageMode == S3ObjectStorageMode.Reference, "Code.S3ObjectStorageMode REFERENCE");
        Refuse(!string.IsNullOrEmpty(request.CodeSigningConfigArn), "CodeSigningConfigArn");
        Refuse(request.TenancyConfig is not null, "TenancyConfig");
        Refuse(request.PublishTo is not null, "PublishTo");
        CheckCommon(
            request.VpcConfig, request.DeadLetterConfig, request.KMSKeyArn, request.TracingConfig, request.Layers, request.FileSystemConfigs,
            request.SnapStart, request.CapacityProviderConfig, request.DurableConfig);
        CheckArchitecture(request.Architectures);
        CheckNumbers(request.Timeout, request.MemorySize);
        if (request.Tags?.Count > CodeLimits.Tags)
        {
            throw LambdaErrors.InvalidParameter("Number of tags exceeds resource tag limit.");
        }

        if (request.PackageType != PackageType.Image && (string.IsNullOrEmpty(request.Runtime) || string.IsNullOrEmpty(request.Handler)))
        {
            throw LambdaErrors.InvalidParameter("Runtime and Handler are mandatory parameters for functions created with deployment packages.");
        }
    }

    internal static void Check(UpdateFunctionConfigurationRequest request)
    {
        CheckCommon(
            request.VpcConfig, request.DeadLetterConfig, request.KMSKeyArn, request.TracingConfig, request.Layers, request.FileSystemConfigs,
            request.SnapStart, request.CapacityProviderConfig, request.DurableConfig);
        CheckNumbers(request.Timeout, request.MemorySize);
    }

    internal static void Check(UpdateFunctionCodeRequest request)
    {
        Refuse(request.SourceKMSKeyArn is not null, "SourceKMSKeyArn");
        Refuse(request.S3ObjectStorageMode == S3ObjectStorageMode.Reference, "S3ObjectStorageMode REFERENCE");
        Refuse(request.PublishTo is not null, "PublishTo");
        CheckArchitecture(request.Architectures);
    }

    /// <summary>The logging settings that result from a request over those there are.</summary>
    internal static LoggingRecord Logging(LoggingConfig? request, LoggingRecord? current, string functionName)
    {
        var format = request?.LogFormat ?? current?.Format ?? LoggingRecord.Text;
        if (format == LoggingRecord.Text && (request?.ApplicationLogLevel ?? request?.SystemLogLevel) is not null)
        {
            throw LambdaErrors.InvalidParameter("ApplicationLogLevel and SystemLogLevel can only be set with LogFormat JSON.");
        }

        var isJson = format == LoggingRecord.Json;
        return new()
        {
            Format = format,
            Group = request?.LogGroup ?? current?.Group ?? $"/aws/lambda/{functionName}",
            ApplicationLevel = isJson ? request?.ApplicationLogLevel ?? current?.ApplicationLevel ?? "INFO" : null,
            SystemLevel = isJson ? request?.SystemLogLevel ?? current?.SystemLevel ?? "INFO" : null,
        };
    }

    private static void CheckCommon(
        VpcConfig? vpc, DeadLetterConfig? deadLetters, string? kmsKey, TracingConfig? tracing, IReadOnlyList<string>? layers,
        IReadOnlyList<FileSystemConfig>? fileSystems, SnapStart? snapStart, CapacityProviderConfig? capacity, DurableConfig? durable)
    {
        // Empty values are what clients send to say "none".
        Refuse(vpc is { SubnetIds.Count: > 0 } or { SecurityGroupIds.Count: > 0 }, "VpcConfig");
        Refuse(!string.IsNullOrEmpty(deadLetters?.TargetArn), "DeadLetterConfig");
        Refuse(!string.IsNullOrEmpty(kmsKey), "KMSKeyArn");
        Refuse(tracing?.Mode == TracingMode.Active, "TracingConfig.Mode Active");
        Refuse(layers is { Count: > 0 }, "Layers");
        Refuse(fileSystems is { Count: > 0 }, "FileSystemConfigs");
        Refuse(snapStart?.ApplyOn == SnapStartApplyOn.PublishedVersions, "SnapStart.ApplyOn PublishedVersions");
        Refuse(capacity is not null, "CapacityProviderConfig");
        Refuse(durable is not null, "DurableConfig");
    }

    private static void CheckArchitecture(IReadOnlyList<string>? architectures) => Refuse(
        architectures is [var asked, ..] && asked != HostArchitecture,
        $"Architectures {architectures?[0]} on a machine whose architecture is {HostArchitecture}");

    private static void CheckNumbers(int? timeout, int? memory)
    {
        if (timeout > MaxTimeoutSeconds)
        {
            throw LambdaErrors.Validation(
                $"1 validation error detected: Value '{timeout}' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to {MaxTimeoutSeconds}");
        }

        if (memory > MaxMemoryMegabytes)
        {
            throw LambdaErrors.InvalidParameter(
                $"'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to {MaxMemoryMegabytes}");
        }
    }

    private static void Refuse(bool isAsked, string setting)
    {
        if (isAsked)
        {
            throw LambdaErrors.SettingNotSupported(setting);
        }
    }
}
