using System.Text;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Lambda;

/// <summary>Functions from images: pushed by skopeo, created by the AWS CLI.</summary>
public sealed class ImageFunctionTests(SharedRegion region) : LambdaTest(region)
{
    private const string Source =
        """
        import os, sys

        def handler(event, context):
            print("asked", event)
            open("/tmp/mine", "w").write("x")
            try:
                open("/mine", "w")
                root = "writable"
            except OSError as error:
                root = error.strerror
            return {"event": event, "root": root, "uid": os.getuid(), "folder": os.getcwd(), "of": os.environ.get("OF"), "secret": "GONE" in os.environ,
                    "privileges": [line for line in open("/proc/self/status") if line.startswith(("CapEff", "CapBnd", "NoNewPrivs"))]}

        def other(event, context):
            return "other in " + os.getcwd()

        def eat(event, context):
            kept = []
            while True:
                kept.append(bytearray(10_000_000))

        def leave(event, context):
            os._exit(7)
        """;

    private static readonly string[] PythonCommand = ["/usr/bin/python3.11", "-S", "-P", "/var/runtime/bootstrap.py"];

    private readonly string _home = Directory.CreateTempSubdirectory("fogbank-e2e-images-").FullName;
    private bool _isLoggedIn;
    private int _pushes;

    private string Registry => $"{Account}.dkr.ecr.us-east-1.amazonaws.com";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Python_runs_from_an_image()
    {
        var digest = await PushAsync(await PythonAsync(Source), "v1");
        var name = await CreateAsync("v1", "--environment", "Variables={OF=function}");
        var got = await AwsAsync("lambda", "get-function", "--function-name", name);
        Assert.Equal(
            ("ECR", $"{Registry}/app:v1", $"{Registry}/app@{digest}"),
            (got["Code"]!["RepositoryType"]!.GetValue<string>(), got["Code"]!["ImageUri"]!.GetValue<string>(), got["Code"]!["ResolvedImageUri"]!.GetValue<string>()));
        Assert.Equal(
            ("Image", digest[7..], 0),
            (got["Configuration"]!["PackageType"]!.GetValue<string>(), got["Configuration"]!["CodeSha256"]!.GetValue<string>(), got["Configuration"]!["CodeSize"]!.GetValue<int>()));

        var answer = await InvokeAsync(name, """{"a": 1}""");
        answer.AssertSucceeded();
        Assert.Equal(
            ("""{"a":1}""", "Read-only file system", "/var/task", "function", 993),
            (answer.Json["event"]!.ToJsonString(), answer.Json["root"]!.GetValue<string>(), answer.Json["folder"]!.GetValue<string>(),
                answer.Json["of"]!.GetValue<string>(), answer.Json["uid"]!.GetValue<int>()));
        Assert.Equal(
            ["CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1"],
            answer.Json["privileges"]!.AsArray().Select(line => line!.GetValue<string>().TrimEnd()));
        Assert.Contains("Init Duration", answer.Log, StringComparison.Ordinal);
        await WaitForLogAsync(name, "asked {'a': 1}");
        Assert.DoesNotContain("Init Duration", (await InvokeAsync(name)).Log, StringComparison.Ordinal);
        Assert.Contains("asked {}", (await InvokeAsync(name)).Log, StringComparison.Ordinal);

        foreach (var word in new[] { "Created", "Updated" })
        {
            var deployed = await FogbankAsync("fn", "deploy", "--image", "app:v1", "--memory", "256");
            Assert.True(deployed.ExitCode == 0, deployed.ToString());
            Assert.Contains(word, deployed.Output, StringComparison.Ordinal);
        }

        Assert.Equal("image", (await InvokeAsync("app")).Json["of"]!.GetValue<string>());
    }

    [Fact]
    public async Task Node_and_dotnet_run_from_images()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var built = Repository.Of($"tests/EndToEnd/Functions/Upper/bin/{configuration}/net10.0");
        var upper = new[] { "Upper.dll", "Upper.runtimeconfig.json", "Upper.deps.json" }
            .Select(name => ($"var/task/{name}", File.ReadAllBytes(Path.Combine(built, name))));
        await PushAsync(
            new()
            {
                Layers = [await ImageLayer.DotNetAsync(), ImageLayer.Of(upper)],
                Entrypoint = ["/usr/share/dotnet/dotnet", "/var/runtime/Fogbank.Runtimes.DotNet.dll"],
                Cmd = ["Upper::Upper.Function::Handle"],
                Env = ["DOTNET_ROOT=/usr/share/dotnet", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1", "HOME=/tmp"],
            },
            "dotnet");
        await PushAsync(
            new()
            {
                Layers = [await ImageLayer.NodeAsync(), ImageLayer.Of(("var/task/app.js", "exports.handler = async event => ({ twice: event.n * 2 });"u8.ToArray()))],
                Entrypoint = ["/usr/bin/node", "/var/runtime/bootstrap.cjs"],
                Cmd = ["app.handler"],
            },
            "node");
        var (dotnet, node) = (await CreateAsync("dotnet"), await CreateAsync("node"));
        var answer = await InvokeAsync(dotnet, """{"Text": "abc"}""");
        answer.AssertSucceeded();
        Assert.Equal("ABC", answer.Json["Text"]!.GetValue<string>());
        answer = await InvokeAsync(node, """{"n": 21}""");
        answer.AssertSucceeded();
        Assert.Equal("""{"twice":42}""", answer.Payload);
    }

    [Fact]
    public async Task Settings_of_the_function_replace_those_of_the_image()
    {
        await PushAsync(await PythonAsync(Source), "v1");
        var name = await CreateAsync("v1", "--image-config", "Command=app.other,WorkingDirectory=/usr");
        Assert.Equal("\"other in /usr\"", (await InvokeAsync(name)).Payload);
        var config = await AwsAsync("lambda", "get-function-configuration", "--function-name", name);
        Assert.Equal("""{"ImageConfig":{"Command":["app.other"],"WorkingDirectory":"/usr"}}""", config["ImageConfigResponse"]!.ToJsonString());

        await ConfigureAsync(name, """{"EntryPoint": ["/usr/bin/python3.11", "-c", "import sys; sys.exit(3)"]}""");
        AssertFailed(await InvokeAsync(name), "Runtime.ExitError", "Runtime exited with error: exit status 3");
        await ConfigureAsync(name, """{"EntryPoint": ["/none/such"]}""");
        AssertFailed(await InvokeAsync(name), "Runtime.InvalidEntrypoint", "fork/exec /none/such: no such file or directory");
        await ConfigureAsync(name, """{"EntryPoint": ["such"]}""");
        AssertFailed(await InvokeAsync(name), "Runtime.InvalidEntrypoint", "exec: \"such\": executable file not found in $PATH");
        await ConfigureAsync(name, """{"EntryPoint": ["/var/task/app.py"]}""");
        AssertFailed(await InvokeAsync(name), "Runtime.InvalidEntrypoint", "fork/exec /var/task/app.py: exec format error");
        await ConfigureAsync(name, """{"Command": ["app.eat"]}""");
        AssertFailed(await InvokeAsync(name), "Runtime.ExitError", "Runtime exited with error: signal: killed");
        await ConfigureAsync(name, """{"Command": ["app.leave"]}""");
        AssertFailed(await InvokeAsync(name), "Runtime.ExitError", "Runtime exited with error: exit status 7");
        await ConfigureAsync(name, "{}");
        (await InvokeAsync(name)).AssertSucceeded();
        var log = string.Join('\n', await WaitForLogAsync(name, "Error Type: Runtime.InvalidEntrypoint"));
        Assert.Contains("INIT_REPORT Init Duration", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_moves_is_followed_by_updates_only()
    {
        const string source = "def handler(event, context):\n    return 'NAME'\n";
        await PushAsync(await PythonAsync(source.Replace("NAME", "first", StringComparison.Ordinal)), "live");
        var name = await CreateAsync("live");
        Assert.Equal("\"first\"", (await InvokeAsync(name)).Payload);
        await AwsAsync("lambda", "publish-version", "--function-name", name);
        var digest = await PushAsync(await PythonAsync(source.Replace("NAME", "second", StringComparison.Ordinal)), "live");
        await ConfigureAsync(name, "{}"); // ends the environments
        Assert.Equal("\"first\"", (await InvokeAsync(name)).Payload);

        var updated = await AwsAsync("lambda", "update-function-code", "--function-name", name, "--image-uri", $"{Registry}/app:live");
        Assert.Equal(digest[7..], updated["CodeSha256"]!.GetValue<string>());
        await AwsAsync("lambda", "wait", "function-updated-v2", "--function-name", name);
        Assert.Equal("\"second\"", (await InvokeAsync(name)).Payload);
        Assert.Equal("\"first\"", (await InvokeAsync($"{name}:1")).Payload);

        Assert.EndsWith(
            $"Source image {Registry}/app:none does not exist. Provide a valid source image.",
            await AwsFailsAsync("lambda", "update-function-code", "--function-name", name, "--image-uri", $"{Registry}/app:none"),
            StringComparison.Ordinal);
        Assert.EndsWith(
            "Source image public.ecr.aws/lambda/python:3.12 is not valid. Provide a valid source image.",
            await AwsFailsAsync("lambda", "update-function-code", "--function-name", name, "--image-uri", "public.ecr.aws/lambda/python:3.12"),
            StringComparison.Ordinal);
    }

    private static async Task<FunctionImage> PythonAsync(string source) => new()
    {
        Layers = [await ImageLayer.PythonAsync(), ImageLayer.Of(("var/task/app.py", Encoding.UTF8.GetBytes(source)))],
        Entrypoint = PythonCommand,
        Cmd = ["app.handler"],
        Env = ["OF=image"],
    };

    private static void AssertFailed(Invoked answer, string type, string message)
    {
        Assert.Equal("Unhandled", answer.Error);
        Assert.Equal(type, answer.Json["errorType"]!.GetValue<string>());
        Assert.EndsWith($"Error: {message}", answer.Json["errorMessage"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains($"Status: error\tError Type: {type}", answer.Log, StringComparison.Ordinal);
    }

    /// <summary>Pushes an image into this account's repository <c>app</c>; returns its digest.</summary>
    private async Task<string> PushAsync(FunctionImage image, string tag)
    {
        ContainerTools.Require("crun");
        ContainerTools.Require("conmon");
        var host = $"{Account}.dkr.ecr.us-east-1.localhost:{Shared.Process.Address.Port}";
        var variables = ContainerTools.Variables(Shared.Process.Address, _home);
        if (!_isLoggedIn)
        {
            await AwsAsync("ecr", "create-repository", "--repository-name", "app");
            var password = (await AwsTextAsync("ecr", "get-login-password")).Trim();
            await ContainerTools.RunAsync("skopeo", variables, password, Cancel, "login", "--tls-verify=false", "-u", "AWS", "--password-stdin", host);
            _isLoggedIn = true;
        }

        var folder = Path.Combine(_home, $"image{Interlocked.Increment(ref _pushes)}");
        var digest = image.Write(folder, tag);
        await ContainerTools.RunAsync("skopeo", variables, null, Cancel, "copy", "-q", "--preserve-digests", "--dest-tls-verify=false", $"oci:{folder}:{tag}", $"docker://{host}/app:{tag}");
        return digest;
    }

    private async Task<string> CreateAsync(string tag, params string[] more)
    {
        var name = $"image-{tag}";
        await AwsAsync(
        [
            "lambda", "create-function", "--function-name", name, "--package-type", "Image", "--code", $"ImageUri={Registry}/app:{tag}",
            "--role", await RoleAsync(), "--memory-size", "256", "--timeout", "10", .. more,
        ]);
        await AwsAsync("lambda", "wait", "function-active-v2", "--function-name", name);
        return name;
    }

    private async Task ConfigureAsync(string name, string config)
    {
        await AwsAsync("lambda", "update-function-configuration", "--function-name", name, "--image-config", config);
        await AwsAsync("lambda", "wait", "function-updated-v2", "--function-name", name);
    }
}
