using Fogbank.Contracts.Lambda;
using Fogbank.Engines;
using Fogbank.Kernel.Images;
using Fogbank.Services.Lambda;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class ImageFunctionTests
{
    private const string Uri = $"{FakeImages.Registry}/app:v1";

    private static readonly ImageConfiguration Configuration = new()
    {
        Entrypoint = ["/lambda-entrypoint.sh"],
        Command = ["app.handler"],
        Environment = ["LANG=C", "PATH=/opt/bin:/bin", "AWS_REGION=mars"],
        WorkingDirectory = "/var/task",
        User = "root",
    };

    [Fact]
    public async Task An_image_runs_as_it_says_without_privileges()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Images.Push("v1", Configuration);
        await CreateAsync(region, environment: new() { ["LANG"] = "de_DE" });
        var (payload, response) = await region.InvokeAsync("f", "{\"a\":1}");
        Assert.Null(response.FunctionError);
        Assert.Equal("{\"a\":1}", payload);

        var spec = region.Engine.Started[0].Spec;
        Assert.Equal(["/lambda-entrypoint.sh", "app.handler"], spec.Command);
        Assert.Equal(("/var/task", "993:990", true, true), (spec.WorkingDirectory, spec.User, spec.ReadOnlyRoot, spec.NoNewPrivileges));
        Assert.Equal(["ALL"], spec.DroppedCapabilities);
        Assert.Equal((512L << 20, 128L << 20), (spec.TmpBytes, spec.MemoryBytes));
        Assert.NotNull(spec.Image);
        Assert.Empty(spec.Artifacts);
        Assert.Equal(
            ("de_DE", "/opt/bin:/bin", "us-east-1", "app.handler", "/var/task"),
            (spec.Environment["LANG"], spec.Environment["PATH"], spec.Environment["AWS_REGION"], spec.Environment["_HANDLER"], spec.Environment["LAMBDA_TASK_ROOT"]));
        Assert.False(spec.Environment.ContainsKey("AWS_EXECUTION_ENV"));
        Assert.False(spec.Environment.ContainsKey("LD_LIBRARY_PATH"));
        await region.UntilLoggedAsync("REPORT RequestId");
        Assert.DoesNotContain("INIT_START", region.LogText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_have_what_AWS_says_of_images()
    {
        await using var region = await LambdaRegion.StartAsync();
        var digest = region.Images.Push("v1", Configuration);
        var created = await CreateAsync(region, config: new() { Command = ["other.handler"] });
        Assert.Equal(("Image", 0L, digest["sha256:".Length..]), (created.PackageType, created.CodeSize, created.CodeSha256));
        Assert.Equal((null, null, null), (created.Runtime, created.Handler, created.RuntimeVersionConfig));
        Assert.Equal(("Pending", "Creating"), (created.State, created.StateReasonCode));

        var got = await region.SendAsync(new GetFunctionRequest { FunctionName = "f" });
        Assert.Equal(
            ("ECR", Uri, $"{FakeImages.Registry}/app@{digest}", null),
            (got.Code!.RepositoryType, got.Code.ImageUri, got.Code.ResolvedImageUri, got.Code.Location));
        var config = got.Configuration!.ImageConfigResponse!.ImageConfig!;
        Assert.Equal((null, "other.handler", null), (config.EntryPoint, Assert.Single(config.Command!), config.WorkingDirectory));
        Assert.Equal("Image", Assert.Single((await region.SendAsync(new ListFunctionsRequest())).Functions!).PackageType);
    }

    [Fact]
    public async Task The_functions_settings_replace_those_of_the_image_and_can_be_taken_back()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Images.Push("v1", Configuration);
        await CreateAsync(region, config: new() { EntryPoint = ["/usr/bin/python3", "-m", "x"], Command = ["b.handler"], WorkingDirectory = "/srv" });
        await region.InvokeAsync("f");
        await region.SendAsync(new UpdateFunctionConfigurationRequest { FunctionName = "f", ImageConfig = new() });
        await region.UntilActiveAsync("f");
        await region.InvokeAsync("f");

        var (first, second) = (region.Engine.Started[0].Spec, region.Engine.Started[1].Spec);
        Assert.Equal(["/usr/bin/python3", "-m", "x", "b.handler"], first.Command);
        Assert.Equal(("/srv", "b.handler"), (first.WorkingDirectory, first.Environment["_HANDLER"]));
        Assert.Equal(["/lambda-entrypoint.sh", "app.handler"], second.Command);
        Assert.Null((await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f" })).ImageConfigResponse);
    }

    [Fact]
    public async Task A_tag_that_moves_changes_nothing_until_the_code_is_updated()
    {
        await using var region = await LambdaRegion.StartAsync(new LambdaOptions { ImageCheckInterval = TimeSpan.Zero });
        var first = region.Images.Push("v1", Configuration);
        await CreateAsync(region);
        var second = region.Images.Push("v1", Configuration with { Command = ["second.handler"] });
        await region.InvokeAsync("f");
        Assert.Equal(["/lambda-entrypoint.sh", "app.handler"], region.Engine.Started[0].Spec.Command);
        Assert.EndsWith(first, region.Images.Asked.Last(), StringComparison.Ordinal);

        var version = await region.SendAsync(new PublishVersionRequest { FunctionName = "f" });
        var updated = await region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ImageUri = Uri });
        Assert.Equal((second["sha256:".Length..], "InProgress"), (updated.CodeSha256, updated.LastUpdateStatus));
        await region.UntilActiveAsync("f");
        await region.InvokeAsync("f");
        await region.InvokeAsync("f:1");
        Assert.Equal("second.handler", region.Engine.Started[1].Spec.Command[1]);
        Assert.Equal("app.handler", region.Engine.Started[2].Spec.Command[1]);
        Assert.Equal(first["sha256:".Length..], version.CodeSha256);
    }

    [Theory]
    [InlineData(ImageErrorKind.ImageNotFound, "ImageDeleted")]
    [InlineData(ImageErrorKind.AccessDenied, "ImageAccessDenied")]
    [InlineData(ImageErrorKind.Damaged, "InvalidImage")]
    public async Task A_function_that_lost_its_image_fails_until_it_gets_another(ImageErrorKind kind, string code)
    {
        await using var region = await LambdaRegion.StartAsync(new LambdaOptions { ImageCheckInterval = TimeSpan.Zero });
        var digest = region.Images.Push("v1", Configuration);
        await CreateAsync(region);
        region.Images.Refuse($"{FakeImages.Registry}/app@{digest}", kind);
        var (error, message) = await LambdaRegion.ErrorOfAsync(region.SendAsync(new InvokeRequest { FunctionName = "f" }));
        Assert.Equal("ResourceConflictException", error);
        Assert.EndsWith("currently in the following state: Failed", message, StringComparison.Ordinal);
        var failed = await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f" });
        Assert.Equal(("Failed", code), (failed.State, failed.StateReasonCode));

        region.Images.Push("v2", Configuration);
        await region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ImageUri = $"{FakeImages.Registry}/app:v2" });
        await region.UntilActiveAsync("f");
        Assert.Null((await region.InvokeAsync("f")).Response.FunctionError);
    }

    [Fact]
    public async Task An_image_is_not_looked_for_at_every_start()
    {
        await using var region = await LambdaRegion.StartAsync();
        var digest = region.Images.Push("v1", Configuration);
        await CreateAsync(region);
        await region.InvokeAsync("f");
        region.Images.Refuse($"{FakeImages.Registry}/app@{digest}", ImageErrorKind.ImageNotFound);
        await region.Engine.Started[0].KillAsync(CancellationToken.None);
        Assert.Null((await region.InvokeAsync("f")).Response.FunctionError);
        Assert.Equal(2, region.Engine.Started.Count);
    }

    [Theory]
    [InlineData(EngineErrorKind.ArtifactTooLarge, "SizeLimitExceeded: Uncompressed container image size exceeds 10 GiB limit")]
    [InlineData(EngineErrorKind.ArtifactInvalid, "ImageLayerFailure: broken")]
    public async Task An_image_that_cannot_be_unpacked_is_InvalidImage(EngineErrorKind kind, string reason)
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Images.Push("v1", Configuration);
        region.Engine.PrepareFails = new(kind, "broken");
        await region.SendAsync(Request());
        GetFunctionConfigurationResponse now;
        while ((now = await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f" })).State == "Pending")
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal(("Failed", "InvalidImage", reason), (now.State, now.StateReasonCode, now.StateReason));
    }

    [Theory]
    [InlineData("The command cannot be executed: '/lambda-entrypoint.sh': no such file in the image.", "Runtime.InvalidEntrypoint", "fork/exec /lambda-entrypoint.sh: no such file or directory")]
    [InlineData("The command cannot be executed: '/lambda-entrypoint.sh': permission denied.", "Runtime.InvalidEntrypoint", "fork/exec /lambda-entrypoint.sh: permission denied")]
    [InlineData("The OCI runtime could not make the container: exec: Exec format error", "Runtime.InvalidEntrypoint", "fork/exec /lambda-entrypoint.sh: exec format error")]
    [InlineData("The OCI runtime could not make the container: cannot chdir", "Runtime.InvalidWorkingDir", "chdir /var/task: no such file or directory")]
    public async Task A_command_that_cannot_be_started_is_in_answer_and_log(string message, string type, string text)
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Images.Push("v1", Configuration);
        await CreateAsync(region);
        region.Engine.StartsFail = new(EngineErrorKind.CommandNotExecutable, message);
        var (payload, response) = await region.InvokeAsync("f", logType: "Tail");
        Assert.Equal("Unhandled", response.FunctionError);
        Assert.Contains($"\"errorType\":\"{type}\"", payload, StringComparison.Ordinal);
        Assert.Contains($"Error: {text}\"", payload, StringComparison.Ordinal);
        // Each environment has a stream of its own, and the first one's lines may come after the answer.
        await region.UntilLoggedAsync("Phase: init\t");
        await region.UntilLoggedAsync("\nREPORT RequestId: ");
        var log = region.LogText();
        Assert.Matches($"INIT_REPORT Init Duration: .* ms\tPhase: init\tStatus: error\tError Type: {type}", log);
        Assert.Matches($"INIT_REPORT Init Duration: .* ms\tPhase: invoke\tStatus: error\tError Type: {type}", log);
        Assert.Contains($" Error: {text}\n{type}", log, StringComparison.Ordinal);
        Assert.Matches($"REPORT RequestId: .*Status: error\tError Type: {type}", log);
        await LambdaRegion.UntilAsync(() => region.Budget.Count == 0, () => "no memory taken");
    }

    [Theory]
    [InlineData("app:v1", "is not valid")]
    [InlineData("public.ecr.aws/lambda/python:3.12", "is not valid", ImageErrorKind.ForeignRegistry)]
    [InlineData("000000000000.dkr.ecr.eu-west-1.amazonaws.com/app:v1", "is not valid")]
    [InlineData(FakeImages.Registry + "/app", "is not valid")]
    [InlineData(FakeImages.Registry + "/app:none", "does not exist")]
    public async Task Other_names_are_refused_in_AWSs_words(string uri, string problem, ImageErrorKind? kind = null)
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Images.Push("v1", Configuration);
        region.Images.Refuse(uri, kind);
        Assert.Equal(
            ("InvalidParameterValueException", $"Source image {uri} {problem}. Provide a valid source image."),
            await LambdaRegion.ErrorOfAsync(region.SendAsync(Request(uri))));
    }

    [Fact]
    public async Task What_is_no_image_of_one_platform_is_refused()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Images.Push("v1", Configuration, isIndex: true);
        var text = $"The image manifest, config or layer media type for the source image {Uri} is not supported.";
        Assert.Equal(("InvalidParameterValueException", text), await LambdaRegion.ErrorOfAsync(region.SendAsync(Request())));
        region.Images.Refuse(Uri, ImageErrorKind.NotRunnable);
        Assert.Equal(("InvalidParameterValueException", text), await LambdaRegion.ErrorOfAsync(region.SendAsync(Request())));
        region.Images.Refuse(Uri, ImageErrorKind.AccessDenied);
        Assert.Equal(
            ("AccessDeniedException", "Lambda does not have permission to access the ECR image. Check the ECR permissions."),
            await LambdaRegion.ErrorOfAsync(region.SendAsync(Request())));
    }

    [Fact]
    public async Task Settings_of_the_other_kind_of_package_are_refused()
    {
        const string notForImages = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.";
        await using var region = await LambdaRegion.StartAsync();
        region.Images.Push("v1", Configuration);
        await region.CreateAsync("zip");
        await CreateAsync(region);
        async Task<string> RefusedAsync(CreateFunctionRequest request) => (await LambdaRegion.ErrorOfAsync(region.SendAsync(request))).Message;
        Assert.Equal(notForImages, await RefusedAsync(Request(runtime: "python3.12")));
        Assert.Equal(
            "Please provide ImageUri when creating a function with packageType Image.",
            await RefusedAsync(Request(code: new() { ZipFile = LambdaRegion.Zip() })));
        Assert.Equal(
            "Please do not provide other FunctionCode parameters when providing an ImageUri.",
            await RefusedAsync(Request(code: new() { ZipFile = LambdaRegion.Zip(), ImageUri = Uri })));
        Assert.Equal(
            "Please don't provide ImageUri when updating a function with packageType Zip.",
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "zip", ImageUri = Uri }))).Message);
        Assert.Equal(
            "Please provide ImageUri when updating a function with packageType Image.",
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ZipFile = LambdaRegion.Zip() }))).Message);
        Assert.Equal(
            notForImages,
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(new UpdateFunctionConfigurationRequest { FunctionName = "f", Handler = "a.b" }))).Message);
        Assert.Equal(
            "Please don't provide ImageConfig when the intended function PackageType is Zip.",
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(new UpdateFunctionConfigurationRequest { FunctionName = "zip", ImageConfig = new() }))).Message);
    }

    [Fact]
    public async Task Functions_of_images_are_deleted_with_their_versions()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Images.Push("v1", Configuration);
        await CreateAsync(region);
        await region.SendAsync(new PublishVersionRequest { FunctionName = "f" });
        await region.SendAsync(new DeleteFunctionRequest { FunctionName = "f" });
        Assert.Empty((await region.SendAsync(new ListFunctionsRequest { FunctionVersion = "ALL" })).Functions!);
    }

    private static async Task<CreateFunctionResponse> CreateAsync(
        LambdaRegion region, ImageConfig? config = null, Dictionary<string, string>? environment = null)
    {
        var created = await region.SendAsync(Request(config: config, environment: environment));
        await region.UntilActiveAsync("f");
        return created;
    }

    private static CreateFunctionRequest Request(
        string uri = Uri, FunctionCode? code = null, string? runtime = null, ImageConfig? config = null, Dictionary<string, string>? environment = null) => new()
        {
            FunctionName = "f",
            Role = LambdaRegion.Role,
            PackageType = "Image",
            Runtime = runtime,
            Code = code ?? new() { ImageUri = uri },
            ImageConfig = config,
            Environment = environment is null ? null : new() { Variables = environment },
        };
}
