using System.Buffers;
using System.Text.Json;
using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Runtime;
using Fogbank.Services.Ecs.Store;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Services.Ecs.Http;

/// <summary>
/// What the containers of one task find at 169.254.170.2: credentials of its role, and metadata in the versions 3 and 4. Who connects is the task:
/// the listener exists only there. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
/// </summary>
internal sealed class TaskEndpoint(TaskKey key, EcsStore store, ICredentialIssuer issuer, TimeProvider time, LiveTask live) : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(6);
    private static readonly TimeSpan Renew = TimeSpan.FromMinutes(15);

    private readonly SemaphoreSlim _issuing = new(1);
    private TemporaryCredentials? _issued;

    internal async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            await ErrorAsync(context, StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", "Only GET is allowed");
            return;
        }

        if ((await store.GetTaskAsync(key, context.RequestAborted)).Value is not { } task
            || (await store.FindDefinitionAsync(task.Scope, task.Family, task.Revision, context.RequestAborted))?.Definition is not { } definition)
        {
            await ErrorAsync(context, StatusCodes.Status404NotFound, "NotFound", "The task is gone");
            return;
        }

        switch (parts)
        {
            case ["v2", "credentials", var id]:
                await CredentialsAsync(context, task, id);
                break;
            case ["v3" or "v4", var id, .. var rest]:
                await MetadataAsync(context, task, definition, id, rest, parts[0] == "v4");
                break;
            default:
                await ErrorAsync(context, StatusCodes.Status404NotFound, "NotFound", $"There is no {path} here");
                break;
        }
    }

    public void Dispose() => _issuing.Dispose();

    private async Task CredentialsAsync(HttpContext context, TaskRecord task, string id)
    {
        if (id != task.CredentialsId || task.TaskRoleArn is not { } role)
        {
            await ErrorAsync(context, StatusCodes.Status400BadRequest, "InvalidIdInRequest", "CredentialsV2Request: ID not found");
            return;
        }

        if (await IssueAsync(role, task.Id, context.RequestAborted) is not { } issued)
        {
            await ErrorAsync(context, StatusCodes.Status500InternalServerError, "NoRoleCredentials", $"CredentialsV2Request: the role {role} cannot be assumed");
            return;
        }

        await WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("RoleArn", role);
            writer.WriteString("AccessKeyId", issued.AccessKeyId);
            writer.WriteString("SecretAccessKey", issued.SecretAccessKey);
            writer.WriteString("Token", issued.SessionToken);
            writer.WriteString("Expiration", issued.ExpiresAt.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        });
    }

    private async ValueTask<TemporaryCredentials?> IssueAsync(string role, string session, CancellationToken cancellationToken)
    {
        await _issuing.WaitAsync(cancellationToken);
        try
        {
            if (_issued is null || _issued.ExpiresAt - time.GetUtcNow() < Renew)
            {
                _issued = await issuer.IssueForServiceAsync(role, EcsModule.TaskPrincipal, session, Life, cancellationToken);
            }

            return _issued;
        }
        finally
        {
            _issuing.Release();
        }
    }

    private async Task MetadataAsync(HttpContext context, TaskRecord task, TaskDefinition definition, string id, string[] rest, bool isV4)
    {
        var container = task.Containers.FirstOrDefault(other => ContainerPlan.RuntimeId(task.Id, other.Name, other.Attempt) == id);
        if (container is null)
        {
            await ErrorAsync(context, StatusCodes.Status404NotFound, "NotFound", $"V{(isV4 ? 4 : 3)} container metadata handler: unable to get container ID from request: no such container");
            return;
        }

        var metadata = new TaskMetadata(task, definition, live, isV4);
        switch (rest)
        {
            case []:
                await WriteAsync(context, writer => metadata.WriteContainer(writer, container));
                break;
            case ["task"]:
                await WriteAsync(context, writer => metadata.WriteTask(writer, hasTags: false));
                break;
            case ["taskWithTags"]:
                await WriteAsync(context, writer => metadata.WriteTask(writer, hasTags: true));
                break;
            case ["stats"]:
                var own = await TaskStats.ReadAsync(live, container, time, context.RequestAborted);
                await WriteAsync(context, writer => TaskStats.Write(writer, own, task));
                break;
            case ["task", "stats"]:
                var all = new List<TaskStats>();
                foreach (var other in task.Containers)
                {
                    all.Add(await TaskStats.ReadAsync(live, other, time, context.RequestAborted));
                }

                await WriteAsync(context, writer =>
                {
                    writer.WriteStartObject();
                    foreach (var stats in all)
                    {
                        writer.WritePropertyName(stats.Id);
                        TaskStats.Write(writer, stats, task);
                    }

                    writer.WriteEndObject();
                });
                break;
            default:
                await ErrorAsync(context, StatusCodes.Status404NotFound, "NotFound", $"There is no {context.Request.Path} here");
                break;
        }
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    private static Task ErrorAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("code", code);
            writer.WriteString("message", message);
            writer.WriteNumber("HTTPErrorCode", status);
            writer.WriteEndObject();
        });
    }
}
