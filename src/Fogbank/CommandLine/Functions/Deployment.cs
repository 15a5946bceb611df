using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fogbank.Client;

namespace Fogbank.CommandLine.Functions;

/// <summary>Brings a folder or an image to a region: zip, role, create or update, wait until it can be invoked.</summary>
internal sealed partial class Deployment(AwsClient client, DeployRequest request)
{
    private const string TrustPolicy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private const string LogsPolicy = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    internal async Task RunAsync(TextWriter target, CancellationToken cancellationToken)
    {
        var code = request.Image is { } image ? FunctionCode.OfImage(image) : await FunctionCode.OfFolderAsync(request, target, cancellationToken);
        var name = request.Name ?? NotInNames().Replace(code.Name, "-");
        target.WriteLine($"{name}: {code.Title}");
        var known = await client.SendAsync(
            AwsCall.Lambda("GET", Path(name), null, $"lambda get-function --function-name {name}"), cancellationToken);
        if (known.IsSuccess)
        {
            code.Locate(AccountOf(known.Json["Configuration"]!["FunctionArn"]!.GetValue<string>()), await client.RegionAsync(cancellationToken));
            await UpdateAsync(name, code, cancellationToken);
        }
        else if (known.Status == 404)
        {
            var role = request.RoleArn ?? await MakeRoleAsync(name, cancellationToken);
            code.Locate(AccountOf(role), await client.RegionAsync(cancellationToken));
            await CreateAsync(name, role, code, cancellationToken);
        }
        else
        {
            var (error, message) = known.Error();
            throw new CommandException($"lambda answered {error}: {message}");
        }

        await WaitAsync(name, cancellationToken);
        target.WriteLine($"{(known.IsSuccess ? "Updated" : "Created")}. Try: {ProgramName.Text} fn invoke {name}");
    }

    private static string AccountOf(string arn) => arn.Split(':') is { Length: > 4 } parts ? parts[4] : throw new CommandException($"{arn} is no ARN.");

    private static string Path(string name) => $"/2015-03-31/functions/{name}";

    private async Task CreateAsync(string name, string role, FunctionCode code, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["FunctionName"] = name,
            ["Role"] = role,
            ["MemorySize"] = request.MemoryMb ?? 128,
            ["Timeout"] = request.TimeoutSeconds ?? 30,
            ["Code"] = code.Body(),
        };
        code.Describe(body);
        if (code.IsImage)
        {
            body["PackageType"] = "Image";
        }

        AddVariables(body);
        var cli = string.Create(
            CultureInfo.InvariantCulture,
            $"lambda create-function --function-name {name} {code.CreateCli} --role {role} --memory-size {request.MemoryMb ?? 128} --timeout {request.TimeoutSeconds ?? 30}{VariablesCli()}");
        await client.ExpectAsync(AwsCall.Lambda("POST", "/2015-03-31/functions", body, cli), cancellationToken);
    }

    private async Task UpdateAsync(string name, FunctionCode code, CancellationToken cancellationToken)
    {
        await client.ExpectAsync(
            AwsCall.Lambda(
                "PUT", $"{Path(name)}/code", code.Body(), $"lambda update-function-code --function-name {name} {code.UpdateCli}"),
            cancellationToken);
        await WaitAsync(name, cancellationToken);
        var body = new JsonObject();
        code.Describe(body);
        var cli = $"lambda update-function-configuration --function-name {name}{code.SettingsCli}";
        if (request.MemoryMb is { } memory)
        {
            body["MemorySize"] = memory;
            cli += $" --memory-size {memory}";
        }

        if (request.TimeoutSeconds is { } timeout)
        {
            body["Timeout"] = timeout;
            cli += $" --timeout {timeout}";
        }

        if (request.RoleArn is { } role)
        {
            body["Role"] = role;
            cli += $" --role {role}";
        }

        AddVariables(body);
        if (body.Count == 0)
        {
            return;
        }

        await client.ExpectAsync(AwsCall.Lambda("PUT", $"{Path(name)}/configuration", body, cli + VariablesCli()), cancellationToken);
    }

    private void AddVariables(JsonObject body)
    {
        if (request.Variables is { } variables)
        {
            body["Environment"] = new JsonObject
            {
                ["Variables"] = new JsonObject(variables.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            };
        }
    }

    private string VariablesCli() => request.Variables is { } variables
        ? $" --environment 'Variables={{{string.Join(',', variables.Select(pair => $"{pair.Key}={pair.Value}"))}}}'"
        : "";

    private async Task<string> MakeRoleAsync(string name, CancellationToken cancellationToken)
    {
        var role = $"fogbank-fn-{name}"[..Math.Min(64, name.Length + 11)];
        var made = await client.SendAsync(
            AwsCall.Iam(
                "CreateRole",
                new Dictionary<string, string> { ["RoleName"] = role, ["AssumeRolePolicyDocument"] = TrustPolicy },
                $"iam create-role --role-name {role} --assume-role-policy-document '{TrustPolicy}'"),
            cancellationToken);
        if (!made.IsSuccess && made.Error().Code != "EntityAlreadyExists")
        {
            var (code, message) = made.Error();
            throw new CommandException($"iam answered {code}: {message}");
        }

        await client.ExpectAsync(
            AwsCall.Iam(
                "AttachRolePolicy",
                new Dictionary<string, string> { ["RoleName"] = role, ["PolicyArn"] = LogsPolicy },
                $"iam attach-role-policy --role-name {role} --policy-arn {LogsPolicy}"),
            cancellationToken);
        var found = await client.ExpectAsync(
            AwsCall.Iam("GetRole", new Dictionary<string, string> { ["RoleName"] = role }, $"iam get-role --role-name {role}"), cancellationToken);
        return found.XmlValue("Arn") ?? throw new CommandException("iam answered a role without an ARN.");
    }

    private async Task WaitAsync(string name, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        var cli = $"lambda wait function-updated-v2 --function-name {name}";
        while (true)
        {
            var configuration = (await client.ExpectAsync(AwsCall.Lambda("GET", $"{Path(name)}/configuration", null, cli), cancellationToken)).Json;
            cli = null;
            var state = configuration["State"]?.GetValue<string>();
            var update = configuration["LastUpdateStatus"]?.GetValue<string>();
            if (state == "Failed" || update == "Failed")
            {
                throw new CommandException(
                    $"{name} is not usable: {configuration["StateReason"] ?? configuration["LastUpdateStatusReason"]}");
            }

            if (state == "Active" && update == "Successful")
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new CommandException($"{name} is still {state} ({update}) after {Patience.TotalMinutes:0} minutes.");
            }

            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }

    [GeneratedRegex("[^A-Za-z0-9_-]+")]
    private static partial Regex NotInNames();
}
