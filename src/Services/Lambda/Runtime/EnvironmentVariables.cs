using System.Globalization;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>The environment of a function's process: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html</summary>
internal static class EnvironmentVariables
{
    internal const string TaskRoot = "/var/task";
    internal const string RuntimeDir = "/var/runtime";
    private const string XRayHost = "169.254.100.1";

    internal static Dictionary<string, string> For(EnvironmentPlan plan, ManagedRuntime runtime, TemporaryCredentials credentials, string logStream)
    {
        var version = plan.Version;
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LANG"] = "en_US.UTF-8",
            ["TZ"] = ":UTC",
            ["PATH"] = "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            ["LD_LIBRARY_PATH"] = "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
        };

        // The user may set those above and the ones of the language, none of those below.
        AddLanguage(variables, version.Runtime);
        foreach (var (name, value) in plan.Variables)
        {
            variables[name] = value;
        }

        variables["_HANDLER"] = version.Handler;
        variables["LAMBDA_TASK_ROOT"] = TaskRoot;
        variables["LAMBDA_RUNTIME_DIR"] = RuntimeDir;
        if (LambdaRuntimes.FamilyOf(version.Runtime) != RuntimeFamily.Provided)
        {
            variables["AWS_EXECUTION_ENV"] = $"AWS_Lambda_{version.Runtime}";
        }

        AddReserved(variables, plan, credentials, logStream);
        foreach (var (name, value) in runtime.Environment)
        {
            variables[name] = value;
        }

        return variables;
    }

    /// <summary>Those of AWS that nobody else may set.</summary>
    internal static void AddReserved(Dictionary<string, string> variables, EnvironmentPlan plan, TemporaryCredentials credentials, string logStream)
    {
        var version = plan.Version;
        var region = plan.Function.Scope.Region;
        variables["AWS_REGION"] = region;
        variables["AWS_DEFAULT_REGION"] = region;
        variables["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId;
        variables["AWS_SECRET_ACCESS_KEY"] = credentials.SecretAccessKey;
        variables["AWS_SESSION_TOKEN"] = credentials.SessionToken;
        variables["AWS_LAMBDA_FUNCTION_NAME"] = plan.Function.Name;
        variables["AWS_LAMBDA_FUNCTION_VERSION"] = version.Version;
        variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = version.MemoryMegabytes.ToString(CultureInfo.InvariantCulture);
        variables["AWS_LAMBDA_LOG_GROUP_NAME"] = version.Logging.Group;
        variables["AWS_LAMBDA_LOG_STREAM_NAME"] = logStream;
        variables["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
        variables["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR";
        variables["AWS_XRAY_DAEMON_ADDRESS"] = $"{XRayHost}:2000";
        variables["_AWS_XRAY_DAEMON_ADDRESS"] = XRayHost;
        variables["_AWS_XRAY_DAEMON_PORT"] = "2000";
        if (plan.LogsJson)
        {
            variables["AWS_LAMBDA_LOG_FORMAT"] = LoggingRecord.Json;
            variables["AWS_LAMBDA_LOG_LEVEL"] = version.Logging.ApplicationLevel ?? "INFO";
        }
    }

    private static void AddLanguage(Dictionary<string, string> variables, string runtime)
    {
        switch (LambdaRuntimes.FamilyOf(runtime))
        {
            case RuntimeFamily.Python:
                variables["PYTHONPATH"] = RuntimeDir;
                variables["LC_CTYPE"] = "C.UTF-8";
                break;
            case RuntimeFamily.Node:
                var major = runtime["nodejs".Length..].Replace(".x", "", StringComparison.Ordinal);
                variables["NODE_PATH"] =
                    $"/opt/nodejs/node{major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task";
                break;
            case RuntimeFamily.DotNet:
                variables["LAMBDA_RUNTIME_NAME"] = runtime;
                break;
            default:
                break;
        }
    }
}
