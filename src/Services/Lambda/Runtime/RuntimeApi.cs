using System.Buffers;
using System.Globalization;
using Fogbank.Services.Lambda.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>
/// The Runtime API, version 2018-06-01, as one environment sees it: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html Who
/// connects is the environment's runtime: the listener exists only there.
/// </summary>
internal sealed class RuntimeApi(RuntimeSession session, IRuntimeOwner owner)
{
    private const string Prefix = "/2018-06-01/runtime/";
    private const string InvocationPrefix = Prefix + "invocation/";

    private static readonly byte[] StatusOk = "{\"status\":\"OK\"}\n"u8.ToArray();

    internal Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var isPost = context.Request.Method == "POST";
        if (path == InvocationPrefix + "next" && context.Request.Method == "GET")
        {
            return NextAsync(context);
        }

        if (isPost && path.StartsWith(InvocationPrefix, StringComparison.Ordinal))
        {
            var slash = path.IndexOf('/', InvocationPrefix.Length);
            var id = slash < 0 ? "" : path[InvocationPrefix.Length..slash];
            switch (slash < 0 ? "" : path[(slash + 1)..])
            {
                case "response":
                    return AnswerAsync(context, id, isError: false);
                case "error":
                    return AnswerAsync(context, id, isError: true);
                default:
                    break;
            }
        }

        if (isPost && path == Prefix + "init/error")
        {
            return InitErrorAsync(context);
        }

        // Extensions and SnapStart's restore calls are not built: a runtime that asks learns so at once.
        return ErrorAsync(context, StatusCodes.Status404NotFound, "ResourceNotFound", $"Fogbank's Runtime API has no {context.Request.Method} {path}");
    }

    private async Task NextAsync(HttpContext context)
    {
        Invocation? invocation;
        var poll = session.NextAsync(out var answer);
        if (answer != SessionAnswer.Accepted)
        {
            await ErrorAsync(context, StatusCodes.Status403Forbidden, "InvalidStateTransition", "Invalid state transition: the event at hand was not answered");
            return;
        }

        if (poll.IsCompleted)
        {
            invocation = await poll;
        }
        else
        {
            await using var abort = context.RequestAborted.UnsafeRegister(static state => ((RuntimeSession)state!).AbandonPoll(), session);
            invocation = await poll;
        }

        if (invocation is null)
        {
            context.Abort();
            return;
        }

        var headers = context.Response.Headers;
        headers["Lambda-Runtime-Aws-Request-Id"] = invocation.RequestId;
        headers["Lambda-Runtime-Deadline-Ms"] = invocation.Deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        headers["Lambda-Runtime-Invoked-Function-Arn"] = invocation.InvokedArn;
        headers["Lambda-Runtime-Trace-Id"] = invocation.TraceHeader;
        if (invocation.ClientContext is not null)
        {
            headers["Lambda-Runtime-Client-Context"] = invocation.ClientContext;
        }

        headers.ContentType = "application/json";
        headers.ContentLength = invocation.Payload.Length;
        await context.Response.BodyWriter.WriteAsync(invocation.Payload, CancellationToken.None);
    }

    private async Task AnswerAsync(HttpContext context, string requestId, bool isError)
    {
        var answer = session.TryBeginAnswer(requestId, out var invocation);
        if (answer != SessionAnswer.Accepted)
        {
            await (answer == SessionAnswer.WrongState
                ? ErrorAsync(context, StatusCodes.Status403Forbidden, "InvalidStateTransition", "Invalid state transition: this event was answered before")
                : ErrorAsync(context, StatusCodes.Status400BadRequest, "InvalidRequestID", "Invalid request ID"));
            return;
        }

        ReadOnlyMemory<byte>? body;
        try
        {
            body = await ReadBodyAsync(context);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or BadHttpRequestException)
        {
            owner.Finish(invocation!, InvocationOutcome.Error(ErrorPayload.TruncatedResponse(requestId)), ErrorPayload.Truncated);
            return;
        }

        if (body is not { } payload)
        {
            owner.Finish(invocation!, InvocationOutcome.Error(ErrorPayload.ResponseTooLarge()), ErrorPayload.TooLarge);
            await ErrorAsync(
                context, StatusCodes.Status413PayloadTooLarge, "RequestEntityTooLarge", $"Exceeded maximum allowed payload size ({CodeLimits.ResponseBytes} bytes).");
            return;
        }

        owner.Finish(invocation!, isError || HasErrorTrailer(context) ? InvocationOutcome.Error(payload) : InvocationOutcome.Success(payload), null);
        await AcceptedAsync(context);
    }

    private async Task InitErrorAsync(HttpContext context)
    {
        var type = context.Request.Headers["Lambda-Runtime-Function-Error-Type"].ToString();
        var body = await ReadBodyAsync(context);
        var isAccepted = body is { } payload
            ? owner.FailInit(payload, type.Length == 0 ? "Runtime.Unknown" : type)
            : owner.FailInit(ErrorPayload.ResponseTooLarge(), ErrorPayload.TooLarge);
        await (isAccepted
            ? AcceptedAsync(context)
            : ErrorAsync(context, StatusCodes.Status403Forbidden, "InvalidStateTransition", "Invalid state transition: initialisation is over"));
    }

    /// <summary>The body in one piece; null where it is over the limit.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context)
    {
        var length = context.Request.ContentLength;
        if (length > CodeLimits.ResponseBytes)
        {
            return null;
        }

        if (length is null && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // Ours is the limit that speaks AWS's words.
            limit.MaxRequestBodySize = null;
        }

        var reader = context.Request.BodyReader;
        var bytes = length is { } known ? new byte[known] : [];
        var filled = 0;
        while (true)
        {
            var read = await reader.ReadAsync(CancellationToken.None);
            var chunk = read.Buffer;
            if (filled + chunk.Length > CodeLimits.ResponseBytes)
            {
                reader.AdvanceTo(chunk.End);
                return null;
            }

            var needed = filled + (int)chunk.Length;
            if (needed > bytes.Length)
            {
                Array.Resize(ref bytes, Math.Max(needed, Math.Min(CodeLimits.ResponseBytes, bytes.Length * 2)));
            }

            chunk.CopyTo(bytes.AsSpan(filled));
            filled = needed;
            reader.AdvanceTo(chunk.End);
            if (read.IsCompleted)
            {
                return bytes.AsMemory(0, filled);
            }
        }
    }

    // A streaming runtime that fails midway says so behind the body.
    private static bool HasErrorTrailer(HttpContext context) =>
        context.Features.Get<IHttpRequestTrailersFeature>() is { Available: true, Trailers: { Count: > 0 } trailers }
        && trailers.ContainsKey("Lambda-Runtime-Function-Error-Type");

    private static async Task AcceptedAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = StatusOk.Length;
        await context.Response.BodyWriter.WriteAsync(StatusOk);
    }

    private static Task ErrorAsync(HttpContext context, int status, string type, string message)
    {
        var body = ResourcePolicy.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("errorMessage", message);
            writer.WriteString("errorType", type);
            writer.WriteEndObject();
        });
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }
}
