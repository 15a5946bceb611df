using System.Text;
using Fogbank.Contracts.Ecs;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>Reads environment files from S3, as the task's execution role.</summary>
internal static class EnvironmentFileReader
{
    private const int MaxBytes = 1024 * 1024;
    private const string Failed = "ResourceInitializationError: failed to download env files: ";

    internal static async ValueTask<IReadOnlyList<(string Name, string Value)>> ReadAsync(
        IRegion region, IReadOnlyList<EnvironmentFile> files, Principal? role, Scope scope, CancellationToken cancellationToken)
    {
        var variables = new List<(string Name, string Value)>();
        foreach (var file in files)
        {
            if (!Arn.TryParse(file.Value, out var arn) || arn.Service != "s3" || arn.Resource.Split('/', 2) is not [var bucket, { Length: > 0 } key])
            {
                throw new TaskFailure($"{Failed}{file.Value} is not the ARN of an object in S3");
            }

            try
            {
                var answer = await region.SendAsync(
                    new GetObjectRequest { Bucket = bucket, Key = key },
                    role ?? Principal.Service(EcsModule.TaskPrincipal, scope.AccountId, null),
                    scope,
                    null,
                    cancellationToken);
                variables.AddRange(EnvironmentFileText.Parse(await TextAsync(answer.Body, file.Value, cancellationToken)));
            }
            catch (AwsException missing)
            {
                throw new TaskFailure($"{Failed}file download command: non empty error stream: {missing.Code.Name}: {missing.Message}", missing);
            }
        }

        return variables;
    }

    private static async ValueTask<string> TextAsync(Stream? body, string name, CancellationToken cancellationToken)
    {
        if (body is null)
        {
            return "";
        }

        await using (body)
        {
            var buffer = new byte[MaxBytes + 1];
            var count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return count <= MaxBytes ? Encoding.UTF8.GetString(buffer, 0, count) : throw new TaskFailure($"{Failed}{name} is larger than 1 MiB");
        }
    }
}
