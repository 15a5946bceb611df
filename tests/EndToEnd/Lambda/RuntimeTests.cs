using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Lambda;

/// <summary>The runtimes beside Python.</summary>
public class RuntimeTests(SharedRegion region) : LambdaTest(region)
{
    [Fact]
    public async Task Dotnet_class_library_runs()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var built = Repository.Of($"tests/EndToEnd/Functions/Upper/bin/{configuration}/net10.0");
        var files = new[] { "Upper.dll", "Upper.runtimeconfig.json", "Upper.deps.json" }.Select(name => (name, File.ReadAllBytes(Path.Combine(built, name))));
        var name = await CreateAsync("dotnet10", "Upper::Upper.Function::Handle", Zip.Of(files), memory: 512);
        var first = await InvokeAsync(name, """{"Text": "grüße"}""");
        first.AssertSucceeded();
        Assert.Equal(("GRÜSSE".Replace("SS", "ß", StringComparison.Ordinal), 1), (first.Json["Text"]!.GetValue<string>(), first.Json["Calls"]!.GetValue<int>()));
        Assert.Contains("asked grüße", first.Log, StringComparison.Ordinal);
        Assert.Equal(2, (await InvokeAsync(name, """{"Text": "x"}""")).Json["Calls"]!.GetValue<int>());
        var failed = await InvokeAsync(name, """{"Text": "fail"}""");
        Assert.Equal(("Unhandled", "InvalidOperationException", "told to"), (failed.Error, failed.Json["errorType"]!.GetValue<string>(), failed.Json["errorMessage"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Custom_runtime_in_shell_runs()
    {
        var name = await CreateAsync("provided.al2023", "any", Zip.OfFolder(Repository.Of("samples/custom-runtime")));
        var answer = await InvokeAsync(name, """{"name": "ada"}""");
        answer.AssertSucceeded();
        Assert.Equal("""{"NAME": "ADA"}""", answer.Payload);
        Assert.Contains("got 15 bytes", answer.Log, StringComparison.Ordinal);
        var failed = await InvokeAsync(name, """{"fail": 1}""");
        Assert.Equal(("Unhandled", "Sample.Failed"), (failed.Error, failed.Json["errorType"]!.GetValue<string>()));
        Assert.Equal("""{"A":1}""", (await InvokeAsync(name, """{"a":1}""")).Payload);
    }

    [Fact]
    public async Task Node_commonjs_callbacks_and_rejections_run()
    {
        var name = await CreateAsync("nodejs22.x", "lib/app.handler", Zip.Of(("lib/app.js",
            """
            exports.handler = (event, context, callback) => {
              console.error('warned', { a: 1 });
              if (event.reject) return Promise.reject(new TypeError('no'));
              callback(null, { id: context.awsRequestId.length, version: process.version });
            };
            """)));
        var answer = await InvokeAsync(name);
        answer.AssertSucceeded();
        Assert.Equal(36, answer.Json["id"]!.GetValue<int>());
        Assert.Contains("\tERROR\twarned { a: 1 }", answer.Log, StringComparison.Ordinal);
        var rejected = await InvokeAsync(name, """{"reject": true}""");
        Assert.Equal(("Unhandled", "TypeError", "no"), (rejected.Error, rejected.Json["errorType"]!.GetValue<string>(), rejected.Json["errorMessage"]!.GetValue<string>()));
    }
}
