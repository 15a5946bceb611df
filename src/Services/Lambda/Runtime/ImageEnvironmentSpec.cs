using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>What the engine starts for a function that is an image.</summary>
internal static class ImageEnvironmentSpec
{
    // AWS's sbx_user1051: whatever USER the image names, a function is nobody in particular.
    private const string User = "993:990";

    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal static WorkloadSpec For(
        EnvironmentPlan plan, ImageContent image, ImageCommand command, string id, TemporaryCredentials credentials, string logStream, bool isUnthrottled) => new()
        {
            Id = id,
            Command = command.Words,
            WorkingDirectory = command.WorkingDirectory,
            Environment = Variables(plan, image.Configuration, command, credentials, logStream),
            Image = FunctionImages.RootOf(image),
            ReadOnlyRoot = true,
            StorageBytes = 1 << 20,
            MemoryBytes = (long)plan.Version.MemoryMegabytes << 20,
            CpuMillis = plan.CpuMillis,
            StartUnthrottled = isUnthrottled,
            TmpBytes = (long)plan.Version.StorageMegabytes << 20,
            User = User,
            DroppedCapabilities = ["ALL"],
            NoNewPrivileges = true,
            Endpoints = EnvironmentSpec.Endpoints,
            StopGrace = TimeSpan.FromMilliseconds(500),
            Labels = new Dictionary<string, string> { ["fogbank.function"] = plan.VersionArn },
        };

    // The image's variables, above them the user's, above those AWS's. What AWS's base images set themselves (LANG, PATH, LD_LIBRARY_PATH)
    // is the image's affair.
    private static Dictionary<string, string> Variables(
        EnvironmentPlan plan, ImageConfiguration image, ImageCommand command, TemporaryCredentials credentials, string logStream)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = DefaultPath,
            ["TZ"] = ":UTC",
            ["LAMBDA_TASK_ROOT"] = EnvironmentVariables.TaskRoot,
            ["LAMBDA_RUNTIME_DIR"] = EnvironmentVariables.RuntimeDir,
        };
        if (command.Handler is { } handler)
        {
            variables["_HANDLER"] = handler;
        }

        foreach (var pair in image.Environment)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                variables[pair[..equals]] = pair[(equals + 1)..];
            }
        }

        foreach (var (name, value) in plan.Variables)
        {
            variables[name] = value;
        }

        EnvironmentVariables.AddReserved(variables, plan, credentials, logStream);
        return variables;
    }
}
