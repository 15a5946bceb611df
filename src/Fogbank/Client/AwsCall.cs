using System.Text;
using System.Text.Json.Nodes;

namespace Fogbank.Client;

/// <summary>One API call of the command line, as it goes over the wire.</summary>
internal sealed record AwsCall
{
    /// <summary>The signing name: lambda, iam, logs.</summary>
    public required string Service { get; init; }

    public required string Method { get; init; }

    /// <summary>Path and query, encoded.</summary>
    public required string Target { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public byte[] Body { get; init; } = [];

    public string? ContentType { get; init; }

    /// <summary>The same call for the AWS CLI, without program and endpoint; null where showing it makes no sense.</summary>
    public string? AwsCli { get; init; }

    /// <summary>A call of Lambda's REST API.</summary>
    internal static AwsCall Lambda(string method, string target, JsonObject? body, string? awsCli) => new()
    {
        Service = "lambda",
        Method = method,
        Target = target,
        Body = body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString()),
        ContentType = "application/json",
        AwsCli = awsCli,
    };

    /// <summary>A call of CloudWatch Logs.</summary>
    internal static AwsCall Logs(string operation, JsonObject body, string? awsCli) => new()
    {
        Service = "logs",
        Method = "POST",
        Target = "/",
        Headers = new Dictionary<string, string> { ["X-Amz-Target"] = $"Logs_20140328.{operation}" },
        Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
        ContentType = "application/x-amz-json-1.1",
        AwsCli = awsCli,
    };

    /// <summary>A call of ECR.</summary>
    internal static AwsCall Ecr(string operation, JsonObject body, string? awsCli) => new()
    {
        Service = "ecr",
        Method = "POST",
        Target = "/",
        Headers = new Dictionary<string, string> { ["X-Amz-Target"] = $"AmazonEC2ContainerRegistry_V20150921.{operation}" },
        Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
        ContentType = "application/x-amz-json-1.1",
        AwsCli = awsCli,
    };

    /// <summary>A call of ECS.</summary>
    internal static AwsCall Ecs(string operation, JsonObject body, string? awsCli) => new()
    {
        Service = "ecs",
        Method = "POST",
        Target = "/",
        Headers = new Dictionary<string, string> { ["X-Amz-Target"] = $"AmazonEC2ContainerServiceV20141113.{operation}" },
        Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
        ContentType = "application/x-amz-json-1.1",
        AwsCli = awsCli,
    };

    /// <summary>A call of IAM.</summary>
    internal static AwsCall Iam(string action, IReadOnlyDictionary<string, string> parameters, string? awsCli) =>
        Form("iam", "2010-05-08", action, parameters, awsCli);

    /// <summary>A call of EC2.</summary>
    internal static AwsCall Ec2(string action, IReadOnlyDictionary<string, string> parameters, string? awsCli) =>
        Form("ec2", "2016-11-15", action, parameters, awsCli);

    private static AwsCall Form(string service, string version, string action, IReadOnlyDictionary<string, string> parameters, string? awsCli)
    {
        var form = new StringBuilder($"Action={action}&Version={version}");
        foreach (var (name, value) in parameters)
        {
            form.Append('&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return new()
        {
            Service = service,
            Method = "POST",
            Target = "/",
            Body = Encoding.UTF8.GetBytes(form.ToString()),
            ContentType = "application/x-www-form-urlencoded",
            AwsCli = awsCli,
        };
    }
}
