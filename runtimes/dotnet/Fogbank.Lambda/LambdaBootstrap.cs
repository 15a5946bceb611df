namespace Fogbank.Lambda;

/// <summary>
/// Serves a handler until the environment ends: for functions that are programs of their own (<c>provided.*</c>, or a .NET runtime
/// whose handler names only the assembly).
/// </summary>
/// <example><c>await LambdaBootstrap.RunAsync(async (input, context) =&gt; …);</c></example>
public static class LambdaBootstrap
{
    /// <summary>Serves a handler that reads the event and writes the answer as bytes (JSON, in the caller's own way).</summary>
    public static Task RunAsync(Func<ReadOnlyMemory<byte>, LambdaContext, Task<ReadOnlyMemory<byte>>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return RunAsync(() => handler);
    }

    /// <summary>As the other, with a step before it that makes the handler; what that throws is an init error.</summary>
    internal static async Task RunAsync(Func<Func<ReadOnlyMemory<byte>, LambdaContext, Task<ReadOnlyMemory<byte>>>> prepare)
    {
        var address = Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")
            ?? throw new InvalidOperationException("AWS_LAMBDA_RUNTIME_API is not set: this program is a Lambda function and runs in its environment.");
        var time = TimeProvider.System;
        LogWriter.Install(time);
        using var api = new RuntimeApi(address);
        Func<ReadOnlyMemory<byte>, LambdaContext, Task<ReadOnlyMemory<byte>>> handler;
        try
        {
            handler = prepare();
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync(error.ToString());
            await FlushAsync();
            api.FailInit(ErrorDocument.Write(error), ErrorDocument.NameOf(error));
            Environment.Exit(1);
            return;
        }

        while (true)
        {
            await InvokeAsync(api, handler, time);
        }
    }

    private static async Task InvokeAsync(RuntimeApi api, Func<ReadOnlyMemory<byte>, LambdaContext, Task<ReadOnlyMemory<byte>>> handler, TimeProvider time)
    {
        var answer = api.Next();
        var context = new LambdaContext(answer.Headers, time);
        LogWriter.SetRequest(context.AwsRequestId);
        Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", context.TraceId);
        try
        {
            var result = await handler(answer.Body, context);
            await FlushAsync();
            api.Respond(context.AwsRequestId, result.Span);
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync(error.ToString());
            await FlushAsync();
            api.Fail(context.AwsRequestId, ErrorDocument.Write(error), ErrorDocument.NameOf(error));
        }
    }

    // A line begun but not ended must not wait in a buffer while the environment is frozen.
    private static async Task FlushAsync()
    {
        await Console.Out.FlushAsync();
        await Console.Error.FlushAsync();
    }
}
