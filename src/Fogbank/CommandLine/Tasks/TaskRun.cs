using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fogbank.Client;

namespace Fogbank.CommandLine.Tasks;

/// <summary>One task from its definition to its exit code.</summary>
internal sealed partial class TaskRun(AwsClient client, RunRequest request, TextWriter output, TextWriter notes)
{
    private const string Container = "main";
    private const string LogGroup = "/ecs/fogbank-run";
    private const string Role = "fogbank-run";
    private const string ExecutionPolicy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

    private const string TrustPolicy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(3);

    private string? _logToken;

    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var role = await RoleAsync(cancellationToken);
        await ClusterAsync(cancellationToken);
        await AllowAsync(AwsCall.Logs("CreateLogGroup", new() { ["logGroupName"] = LogGroup }, $"logs create-log-group --log-group-name {LogGroup}"), "ResourceAlreadyExistsException", cancellationToken);
        var definition = await DefinitionAsync(role, cancellationToken);
        var arn = await StartAsync(definition, cancellationToken);
        try
        {
            return await FollowAsync(arn, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            notes.WriteLine("Stopping the task; Ctrl-C once more leaves it alone.");
            using var patience = new CancellationTokenSource(StopPatience);
            await client.SendAsync(
                AwsCall.Ecs(
                    "StopTask",
                    new() { ["cluster"] = request.Cluster, ["task"] = arn, ["reason"] = "Stopped by fogbank run" },
                    $"ecs stop-task --cluster {request.Cluster} --task {arn}"),
                patience.Token);
            await FollowAsync(arn, patience.Token);
            return 130;
        }
    }

    private async Task<string> RoleAsync(CancellationToken cancellationToken)
    {
        await AllowAsync(
            AwsCall.Iam(
                "CreateRole",
                new Dictionary<string, string> { ["RoleName"] = Role, ["AssumeRolePolicyDocument"] = TrustPolicy },
                $"iam create-role --role-name {Role} --assume-role-policy-document '{TrustPolicy}'"),
            "EntityAlreadyExists",
            cancellationToken);
        await client.ExpectAsync(
            AwsCall.Iam(
                "AttachRolePolicy",
                new Dictionary<string, string> { ["RoleName"] = Role, ["PolicyArn"] = ExecutionPolicy },
                $"iam attach-role-policy --role-name {Role} --policy-arn {ExecutionPolicy}"),
            cancellationToken);
        var found = await client.ExpectAsync(
            AwsCall.Iam("GetRole", new Dictionary<string, string> { ["RoleName"] = Role }, $"iam get-role --role-name {Role}"), cancellationToken);
        return found.XmlValue("Arn") ?? throw new CommandException("iam answered a role without an ARN.");
    }

    private async Task ClusterAsync(CancellationToken cancellationToken)
    {
        if (request.Cluster == "default")
        {
            // Gives back the one that exists.
            await client.ExpectAsync(
                AwsCall.Ecs("CreateCluster", new() { ["clusterName"] = "default" }, "ecs create-cluster --cluster-name default"), cancellationToken);
        }
    }

    private async Task<string> DefinitionAsync(string role, CancellationToken cancellationToken)
    {
        var region = await client.RegionAsync(cancellationToken);
        var image = FullName(request.Image, role.Split(':')[4], region);
        var family = $"fogbank-run-{NotInNames().Replace(request.Image.Split('@')[0], "-")}"[..Math.Min(255, request.Image.Split('@')[0].Length + 12)];
        var known = await client.SendAsync(AwsCall.Ecs("DescribeTaskDefinition", new() { ["taskDefinition"] = family }, null), cancellationToken);
        if (known.IsSuccess && known.Json["taskDefinition"] is { } latest
            && latest["cpu"]?.GetValue<string>() == Text(request.Cpu)
            && latest["memory"]?.GetValue<string>() == Text(request.MemoryMb)
            && latest["executionRoleArn"]?.GetValue<string>() == role
            && latest["containerDefinitions"]?[0]?["image"]?.GetValue<string>() == image)
        {
            return latest["taskDefinitionArn"]!.GetValue<string>();
        }

        var body = new JsonObject
        {
            ["family"] = family,
            ["requiresCompatibilities"] = new JsonArray("FARGATE"),
            ["networkMode"] = "awsvpc",
            ["cpu"] = Text(request.Cpu),
            ["memory"] = Text(request.MemoryMb),
            ["executionRoleArn"] = role,
            ["containerDefinitions"] = new JsonArray(new JsonObject
            {
                ["name"] = Container,
                ["image"] = image,
                ["essential"] = true,
                ["logConfiguration"] = new JsonObject
                {
                    ["logDriver"] = "awslogs",
                    ["options"] = new JsonObject
                    {
                        ["awslogs-group"] = LogGroup,
                        ["awslogs-region"] = region,
                        ["awslogs-stream-prefix"] = "run",
                        ["mode"] = "blocking",
                    },
                },
            }),
        };
        var made = await client.ExpectAsync(
            AwsCall.Ecs("RegisterTaskDefinition", body, $"ecs register-task-definition --cli-input-json '{body.ToJsonString()}'"), cancellationToken);
        return made.Json["taskDefinition"]!["taskDefinitionArn"]!.GetValue<string>();
    }

    /// <summary>A subnet of the default VPC.</summary>
    private async Task<string> SubnetAsync(CancellationToken cancellationToken)
    {
        var found = await client.ExpectAsync(
            AwsCall.Ec2(
                "DescribeSubnets",
                new Dictionary<string, string> { ["Filter.1.Name"] = "default-for-az", ["Filter.1.Value.1"] = "true" },
                "ec2 describe-subnets --filters Name=default-for-az,Values=true"),
            cancellationToken);
        return found.XmlValue("subnetId") ?? throw new CommandException("The account has no default VPC in this region any more: aws ec2 create-default-vpc makes one.");
    }

    private async Task<string> StartAsync(string definition, CancellationToken cancellationToken)
    {
        var subnet = await SubnetAsync(cancellationToken);
        var changed = new JsonObject { ["name"] = Container };
        if (request.Command.Count > 0)
        {
            changed["command"] = new JsonArray([.. request.Command.Select(word => (JsonNode)word)]);
        }

        if (request.Variables.Count > 0)
        {
            changed["environment"] = new JsonArray(
                [.. request.Variables.Select(pair => new JsonObject { ["name"] = pair.Key, ["value"] = pair.Value })]);
        }

        var body = new JsonObject
        {
            ["cluster"] = request.Cluster,
            ["taskDefinition"] = definition,
            ["launchType"] = "FARGATE",
            ["startedBy"] = "fogbank-run",
            ["networkConfiguration"] = new JsonObject
            {
                ["awsvpcConfiguration"] = new JsonObject { ["subnets"] = new JsonArray(subnet), ["assignPublicIp"] = "ENABLED" },
            },
            ["overrides"] = new JsonObject { ["containerOverrides"] = new JsonArray(changed) },
        };
        var started = await client.ExpectAsync(
            AwsCall.Ecs(
                "RunTask",
                body,
                $"ecs run-task --cluster {request.Cluster} --task-definition {definition} --launch-type FARGATE --network-configuration 'awsvpcConfiguration={{subnets=[{subnet}],assignPublicIp=ENABLED}}' --overrides '{body["overrides"]!.ToJsonString()}'"),
            cancellationToken);
        return started.Json["tasks"]?[0]?["taskArn"]?.GetValue<string>() ?? throw new CommandException("ecs started no task.");
    }

    /// <summary>Prints the log until the task is STOPPED; its container's exit code.</summary>
    private async Task<int> FollowAsync(string arn, CancellationToken cancellationToken)
    {
        var cli = $"ecs describe-tasks --cluster {request.Cluster} --tasks {arn}";
        var isWaiting = false;
        while (true)
        {
            var answer = await client.ExpectAsync(
                AwsCall.Ecs("DescribeTasks", new() { ["cluster"] = request.Cluster, ["tasks"] = new JsonArray(arn) }, cli), cancellationToken);
            cli = null;
            var task = answer.Json["tasks"]?[0] ?? throw new CommandException("The task is gone.");
            var status = task["lastStatus"]?.GetValue<string>();
            if (status == "PROVISIONING" && !isWaiting && task["stoppedReason"]?.GetValue<string>() is { } reason)
            {
                isWaiting = true;
                notes.WriteLine($"The task waits: {reason}");
            }

            // What a stopped task wrote is in its log to the last byte, so the log is read after the status.
            await PrintAsync(arn, cancellationToken);
            if (status == "STOPPED")
            {
                return ExitCode(task);
            }

            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }

    private int ExitCode(JsonNode task)
    {
        var container = task["containers"]?[0];
        var why = container?["reason"]?.GetValue<string>();
        if (container?["exitCode"]?.GetValue<int>() is { } code)
        {
            if (why is not null)
            {
                notes.WriteLine($"fogbank: {why}");
            }

            return code;
        }

        notes.WriteLine($"fogbank: {why ?? task["stoppedReason"]?.GetValue<string>() ?? "The task stopped before its container ran."}");
        return 125;
    }

    private async Task PrintAsync(string arn, CancellationToken cancellationToken)
    {
        while (true)
        {
            var body = new JsonObject
            {
                ["logGroupName"] = LogGroup,
                ["logStreamName"] = $"run/{Container}/{arn[(arn.LastIndexOf('/') + 1)..]}",
                ["startFromHead"] = true,
            };
            if (_logToken is not null)
            {
                body["nextToken"] = _logToken;
            }

            var answer = await client.SendAsync(AwsCall.Logs("GetLogEvents", body, null), cancellationToken);
            if (!answer.IsSuccess || answer.Json["events"] is not JsonArray events)
            {
                return; // The stream is made with the task.
            }

            foreach (var item in events)
            {
                output.WriteLine(item!["message"]!.GetValue<string>());
            }

            _logToken = answer.Json["nextForwardToken"]?.GetValue<string>() ?? _logToken;
            if (events.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>A call that may fail in one way, since what it makes exists.</summary>
    private async Task AllowAsync(AwsCall call, string code, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(call, cancellationToken);
        if (!answer.IsSuccess && answer.Error() is var (found, message) && found != code)
        {
            throw new CommandException($"{call.Service} answered {found}: {message}");
        }
    }

    /// <summary>A name without a registry's host is one of this region's registry.</summary>
    internal static string FullName(string image, string account, string region)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : image[..slash];
        return first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost"
            ? image
            : $"{account}.dkr.ecr.{region}.amazonaws.com/{image}";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("[^A-Za-z0-9_-]+")]
    private static partial Regex NotInNames();
}
