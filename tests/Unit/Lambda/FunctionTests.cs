using System.IO.Compression;
using System.Net;
using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class FunctionTests
{
    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:f";

    private static CreateFunctionRequest Request(
        string name = "f", byte[]? zip = null, string role = LambdaRegion.Role, string runtime = "provided.al2023",
        IReadOnlyDictionary<string, string>? variables = null) => new()
        {
            FunctionName = name,
            Role = role,
            Runtime = runtime,
            Handler = "a.b",
            Code = new() { ZipFile = zip ?? LambdaRegion.Zip() },
            Environment = variables is null ? null : new() { Variables = variables },
        };

    [Fact]
    public async Task Create_answers_Pending_and_becomes_Active_with_another_revision()
    {
        await using var region = await LambdaRegion.StartAsync();
        var created = await region.SendAsync(Request());
        Assert.Equal(("Pending", "Creating", "The function is being created."), (created.State, created.StateReasonCode, created.StateReason));
        Assert.Null(created.LastUpdateStatus);
        Assert.Null(created.Environment);
        Assert.Equal((Arn, "$LATEST", "Zip", "", 3, 128), (created.FunctionArn, created.Version, created.PackageType, created.Description, created.Timeout, created.MemorySize));
        Assert.Equal(("Text", "/aws/lambda/f"), (created.LoggingConfig!.LogFormat, created.LoggingConfig.LogGroup));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$", created.LastModified);
        await region.UntilActiveAsync("f");
        var active = await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f" });
        Assert.NotEqual(created.RevisionId, active.RevisionId);
        Assert.Null(active.StateReason);
    }

    [Fact]
    public async Task Code_location_serves_the_zip_and_only_with_its_signature()
    {
        await using var region = await LambdaRegion.StartAsync();
        var zip = LambdaRegion.Zip();
        await region.SendAsync(Request(zip: zip));
        var function = await region.SendAsync(new GetFunctionRequest { FunctionName = Arn });
        var location = function.Code!.Location!;
        Assert.Equal(zip, await region.Http.GetByteArrayAsync(location, TestContext.Current.CancellationToken));
        using var forged = await region.Http.GetAsync(location[..^1] + (location[^1] == '0' ? '1' : '0'), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.Null(function.Tags);
        Assert.Null(function.Concurrency);
    }

    [Fact]
    public async Task Bad_creations_get_AWSs_words()
    {
        await using var region = await LambdaRegion.StartAsync();
        Assert.Equal(
            ("InvalidParameterValueException", "Could not unzip uploaded file. Please check your file, then try to upload again."),
            await LambdaRegion.ErrorOfAsync(region.SendAsync(Request(zip: [1, 2, 3]))));
        Assert.Equal(
            ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."),
            await LambdaRegion.ErrorOfAsync(region.SendAsync(Request(role: "arn:aws:iam::000000000000:role/other"))));
        Assert.Equal(
            ("RequestEntityTooLargeException", "Zipped size must be smaller than 52428800 bytes"),
            await LambdaRegion.ErrorOfAsync(region.SendAsync(Request(zip: new byte[52_428_800]))));
        Assert.Equal(
            ("InvalidParameterValueException", "Unzipped size must be smaller than 262144000 bytes"),
            await LambdaRegion.ErrorOfAsync(region.SendAsync(Request(zip: Bomb()))));
        Assert.StartsWith(
            "The runtime parameter of python3.7 is no longer supported", (await LambdaRegion.ErrorOfAsync(region.SendAsync(Request(runtime: "python3.7")))).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Value PYTHON3.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x, python3.14,",
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(Request(runtime: "PYTHON3.9")))).Message,
            StringComparison.Ordinal);
        Assert.Contains("the runtime java21", (await LambdaRegion.ErrorOfAsync(region.SendAsync(Request(runtime: "java21")))).Message, StringComparison.Ordinal);
        Assert.Contains("no interpreter for nodejs20.x", (await LambdaRegion.ErrorOfAsync(region.SendAsync(Request(runtime: "nodejs20.x")))).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "Reserved keys used in this request: AWS_REGION, _HANDLER",
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(Request(variables: new Dictionary<string, string> { ["_HANDLER"] = "x", ["AWS_REGION"] = "y" })))).Message,
            StringComparison.Ordinal);
        await region.SendAsync(Request());
        Assert.Equal(("ResourceConflictException", "Function already exist: f"), await LambdaRegion.ErrorOfAsync(region.SendAsync(Request())));
        Assert.Equal(
            ("ResourceNotFoundException", "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"),
            await LambdaRegion.ErrorOfAsync(region.SendAsync(Request("arn:aws:lambda:eu-west-1:000000000000:function:g"))));
    }

    [Theory]
    [InlineData("{\"Layers\"", "Layers")]
    [InlineData("VpcConfig", "VpcConfig")]
    [InlineData("DeadLetterConfig", "DeadLetterConfig")]
    [InlineData("TracingConfig", "TracingConfig.Mode Active")]
    public async Task Settings_that_are_not_built_are_refused_by_name(string kind, string name)
    {
        await using var region = await LambdaRegion.StartAsync();
        var (code, message) = await LambdaRegion.ErrorOfAsync(region.SendAsync(new CreateFunctionRequest
        {
            FunctionName = "f",
            Role = LambdaRegion.Role,
            Runtime = "provided.al2023",
            Handler = "x",
            Code = new() { ZipFile = LambdaRegion.Zip() },
            Layers = kind.Contains("Layers", StringComparison.Ordinal) ? ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"] : [],
            VpcConfig = kind == "VpcConfig" ? new() { SubnetIds = ["subnet-1"] } : new(),
            DeadLetterConfig = kind == "DeadLetterConfig" ? new() { TargetArn = "arn:aws:sqs:us-east-1:000000000000:q" } : new(),
            TracingConfig = new() { Mode = kind == "TracingConfig" ? "Active" : "PassThrough" },
        }));
        Assert.Equal("InvalidParameterValueException", code);
        Assert.Contains($"Fogbank does not support {name} yet", message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AwsException>(async () => await region.SendAsync(new GetFunctionRequest { FunctionName = "f" }));
    }

    [Fact]
    public async Task Delete_forgets_the_function_its_policy_and_its_environments()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        await region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = "f", ReservedConcurrentExecutions = 1 });
        await region.InvokeAsync("f");
        Assert.Equal(204, (await region.SendAsync(new DeleteFunctionRequest { FunctionName = "f" })).StatusCode);
        await LambdaRegion.UntilAsync(() => region.Engine.Started[0].IsDisposed, () => "the environment's end");
        Assert.Equal((0, 0, 0), (region.Budget.SeenCount, region.Gate.FunctionCount, region.Pools.PoolCount));
        Assert.Equal(("ResourceNotFoundException", $"Function not found: {Arn}"), await LambdaRegion.ErrorOfAsync(region.SendAsync(new InvokeRequest { FunctionName = "f" })));
        Assert.Equal(("ResourceNotFoundException", $"Function not found: {Arn}"), await LambdaRegion.ErrorOfAsync(region.SendAsync(new DeleteFunctionRequest { FunctionName = "f" })));
        await region.CreateAsync("f");
        Assert.Equal("1", (await region.InvokeAsync("f", "1")).Payload);
    }

    [Fact]
    public async Task Lists_page_in_order_of_names()
    {
        await using var region = await LambdaRegion.StartAsync();
        foreach (var name in (string[])["c", "a", "b"])
        {
            await region.SendAsync(Request(name));
        }

        var first = await region.SendAsync(new ListFunctionsRequest { MaxItems = 2 });
        var second = await region.SendAsync(new ListFunctionsRequest { MaxItems = 2, Marker = first.NextMarker });
        Assert.Equal(["a", "b", "c"], first.Functions!.Concat(second.Functions!).Select(function => function.FunctionName));
        Assert.Null(second.NextMarker);
        Assert.Null(first.Functions![0].State);
    }

    [Fact]
    public async Task A_reset_forgets_functions_and_ends_their_environments()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        await region.InvokeAsync("f");
        using var answer = await region.Http.PostAsync("/_fogbank/reset", null, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
        await LambdaRegion.UntilAsync(() => region.Engine.Started[0].IsDisposed, () => "the environment's end");
        Assert.Equal("ResourceNotFoundException", (await LambdaRegion.ErrorOfAsync(region.SendAsync(new InvokeRequest { FunctionName = "f" }))).Code);
        Assert.Empty((await region.SendAsync(new ListFunctionsRequest())).Functions!);
        await region.CreateAsync("f");
        await region.InvokeAsync("f");
    }

    private static byte[] Bomb()
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("zeros", CompressionLevel.Fastest).Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 251; i++)
            {
                entry.Write(zeros);
            }
        }

        return stream.ToArray();
    }
}
