namespace Fogbank.Lambda;

/// <summary>What Lambda says about one invocation: https://docs.aws.amazon.com/lambda/latest/dg/csharp-context.html.</summary>
public sealed class LambdaContext
{
    private readonly long _deadlineUnixMilliseconds;
    private readonly TimeProvider _time;

    internal LambdaContext(IReadOnlyDictionary<string, string> headers, TimeProvider time)
    {
        _time = time;
        AwsRequestId = headers["lambda-runtime-aws-request-id"];
        InvokedFunctionArn = headers.GetValueOrDefault("lambda-runtime-invoked-function-arn", "");
        TraceId = headers.GetValueOrDefault("lambda-runtime-trace-id");
        TenantId = headers.GetValueOrDefault("lambda-runtime-aws-tenant-id");
        ClientContextJson = headers.GetValueOrDefault("lambda-runtime-client-context");
        CognitoIdentityJson = headers.GetValueOrDefault("lambda-runtime-cognito-identity");
        _ = long.TryParse(headers.GetValueOrDefault("lambda-runtime-deadline-ms"), out _deadlineUnixMilliseconds);
    }

    public string AwsRequestId { get; }

    public string InvokedFunctionArn { get; }

    public string FunctionName { get; } = Variable("AWS_LAMBDA_FUNCTION_NAME");

    public string FunctionVersion { get; } = Variable("AWS_LAMBDA_FUNCTION_VERSION");

    public string LogGroupName { get; } = Variable("AWS_LAMBDA_LOG_GROUP_NAME");

    public string LogStreamName { get; } = Variable("AWS_LAMBDA_LOG_STREAM_NAME");

    public int MemoryLimitInMB { get; } = int.TryParse(Variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), out var megabytes) ? megabytes : 0;

    /// <summary>The X-Ray trace header of the invocation, null where there is none.</summary>
    public string? TraceId { get; }

    /// <summary>Null unless the function isolates tenants.</summary>
    public string? TenantId { get; }

    /// <summary>The client context as the caller sent it (JSON), null where there is none.</summary>
    public string? ClientContextJson { get; }

    /// <summary>The Cognito identity of the caller (JSON), null where there is none.</summary>
    public string? CognitoIdentityJson { get; }

    /// <summary>How long the invocation may still take; zero once its time is over.</summary>
    public TimeSpan RemainingTime
    {
        get
        {
            var left = _deadlineUnixMilliseconds - _time.GetUtcNow().ToUnixTimeMilliseconds();
            return TimeSpan.FromMilliseconds(Math.Max(0, left));
        }
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? "";
}
