using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Lambda;

/// <summary>What becomes of an invocation, good or bad.</summary>
public partial class InvocationTests(SharedRegion region) : LambdaTest(region)
{
    [Fact]
    public async Task Handler_that_throws_gives_its_error_and_the_environment_lives_on()
    {
        var name = await CreatePythonAsync(
            """
            import os
            def handler(event, context):
                if event.get('fail'):
                    raise KeyError('gone')
                return os.getpid()
            """);
        var before = await InvokeAsync(name);
        var failed = await InvokeAsync(name, """{"fail": true}""");
        Assert.Equal(("Unhandled", 200), (failed.Error, failed.Status));
        Assert.Equal(("KeyError", "'gone'"), (failed.Json["errorType"]!.GetValue<string>(), failed.Json["errorMessage"]!.GetValue<string>()));
        Assert.Contains("in handler", failed.Json["stackTrace"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("[ERROR] KeyError: 'gone'", failed.Log, StringComparison.Ordinal);
        Assert.Equal(before.Payload, (await InvokeAsync(name)).Payload);
    }

    [Fact]
    public async Task Timeout_is_never_early_and_the_next_event_gets_a_new_environment()
    {
        var name = await CreatePythonAsync(
            """
            import time
            uses = 0
            def handler(event, context):
                global uses
                uses += 1
                if event.get('sleep'):
                    time.sleep(30)
                return uses
            """,
            timeout: 1);
        Assert.Equal("1", (await InvokeAsync(name)).Payload);
        var watch = Stopwatch.StartNew();
        var late = await InvokeAsync(name, """{"sleep": true}""");
        watch.Stop();
        Assert.Equal("Unhandled", late.Error);
        Assert.Equal("Sandbox.Timedout", late.Json["errorType"]!.GetValue<string>());
        Assert.Matches("^RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds$", late.Json["errorMessage"]!.GetValue<string>());
        var reported = double.Parse(Duration().Match(late.Log).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(watch.Elapsed.TotalMilliseconds, 1000, 3000);
        Assert.InRange(reported, 1000, 1500);
        TestContext.Current.TestOutputHelper!.WriteLine($"timeout of 1 s: reported {reported} ms, answered after {watch.Elapsed.TotalMilliseconds:F0} ms");
        Assert.Contains("Status: timeout", late.Log, StringComparison.Ordinal);
        Assert.Equal("1", (await InvokeAsync(name)).Payload);
    }

    [Theory]
    [InlineData("import os\ndef handler(event, context):\n    os._exit(3)\n", "Runtime exited with error: exit status 3")]
    [InlineData("import os, signal\ndef handler(event, context):\n    os.kill(os.getpid(), signal.SIGSEGV)\n", "Runtime exited with error: signal: segmentation fault")]
    [InlineData("import sys\ndef handler(event, context):\n    sys.exit(0)\n", "exit")]
    public async Task Crash_is_told_with_its_reason(string source, string reason)
    {
        var crashed = await InvokeAsync(await CreatePythonAsync(source));
        Assert.Equal("Unhandled", crashed.Error);
        Assert.StartsWith("Runtime.", crashed.Json["errorType"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains(reason, crashed.Json["errorMessage"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("REPORT RequestId:", crashed.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Function_that_eats_its_memory_is_killed_alone()
    {
        var greedy = await CreatePythonAsync("def handler(event, context):\n    return len(b'x' * (400 << 20))\n", memory: 128);
        var other = await CreatePythonAsync("def handler(event, context):\n    return 'well'\n");
        var killed = await InvokeAsync(greedy);
        Assert.Equal("Unhandled", killed.Error);
        Assert.Equal("Runtime.ExitError", killed.Json["errorType"]!.GetValue<string>());
        Assert.Contains("signal: killed", killed.Json["errorMessage"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("Max Memory Used: 128 MB", killed.Log, StringComparison.Ordinal);
        Assert.Equal("\"well\"", (await InvokeAsync(other)).Payload);
    }

    [Theory]
    [InlineData("raise ValueError('at import')\n", "ValueError", "at import")]
    [InlineData("def other(event, context):\n    pass\n", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'")]
    [InlineData("import nothing_of_that_name\n", "Runtime.ImportModuleError", "Unable to import module 'app': No module named 'nothing_of_that_name'")]
    [InlineData("def handler(:\n", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'")]
    public async Task Code_that_cannot_be_initialised_says_why(string source, string type, string message)
    {
        var failed = await InvokeAsync(await CreatePythonAsync(source));
        Assert.Equal("Unhandled", failed.Error);
        Assert.Equal(type, failed.Json["errorType"]!.GetValue<string>());
        Assert.Contains(message, failed.Json["errorMessage"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dry_run_checks_and_runs_nothing()
    {
        var name = await CreatePythonAsync("def handler(event, context):\n    print('ran')\n");
        Assert.Equal((204, ""), (await InvokeAsync(name, type: "DryRun", log: "None")) is var dry ? (dry.Status, dry.Payload) : default);
        Assert.Equal("ResourceNotFoundException", (await BotoFailsAsync("lambda", "invoke", new { FunctionName = "none", InvocationType = "DryRun" })).Code);
        await InvokeAsync(name, """{"marker": 1}""");
        var lines = await WaitForLogAsync(name, "REPORT");
        Assert.Single(lines, line => line.StartsWith("START ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Asynchronous_event_is_accepted_at_once_and_runs()
    {
        var name = await CreatePythonAsync("import time\ndef handler(event, context):\n    time.sleep(0.5)\n    print('saw', event['n'])\n");
        var watch = Stopwatch.StartNew();
        var accepted = await InvokeAsync(name, """{"n": 77}""", "Event", "None");
        Assert.Equal((202, ""), (accepted.Status, accepted.Payload));
        Assert.True(watch.ElapsedMilliseconds < 400, $"took {watch.ElapsedMilliseconds} ms");
        await WaitForLogAsync(name, "saw 77");
    }

    [Fact]
    public async Task Payload_that_is_no_json_or_too_large_is_refused()
    {
        var name = await CreatePythonAsync("def handler(event, context):\n    return 'x' * event['n']\n");
        var broken = await BotoFailsAsync("lambda", "invoke", new { FunctionName = name, Payload = "{"u8.ToArray() });
        Assert.Equal(("InvalidRequestContentException", 400), (broken.Code, broken.Status));
        var large = await BotoFailsAsync("lambda", "invoke", new { FunctionName = name, Payload = new byte[(6 << 20) + 1] });
        Assert.Equal(("RequestTooLargeException", 413), (large.Code, large.Status));
        var answer = await InvokeAsync(name, """{"n": 7000000}""");
        Assert.Equal("Function.ResponseSizeTooLarge", answer.Json["errorType"]!.GetValue<string>());
    }

    [Fact]
    public async Task Events_at_the_same_time_run_side_by_side_and_environments_are_used_again()
    {
        var name = await CreatePythonAsync("import time, os\ndef handler(event, context):\n    time.sleep(0.3)\n    return os.environ['AWS_LAMBDA_LOG_STREAM_NAME']\n");
        var first = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => InvokeAsync(name)));
        Assert.Equal(4, first.Select(answer => answer.Payload).Distinct().Count());
        var second = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => InvokeAsync(name)));
        Assert.Subset(first.Select(answer => answer.Payload).ToHashSet(), second.Select(answer => answer.Payload).ToHashSet());
    }

    [Fact]
    public async Task Environment_is_that_of_lambda_and_its_role()
    {
        var name = await CreatePythonAsync(
            """
            import boto3, json, os
            def handler(event, context):
                me = boto3.client('sts', endpoint_url=os.environ['AWS_ENDPOINT_URL']).get_caller_identity()['Arn']
                return {'me': me, 'region': os.environ['AWS_REGION'], 'task': os.environ['LAMBDA_TASK_ROOT'], 'arn': context.invoked_function_arn,
                        'handler': os.environ['_HANDLER'], 'mine': os.environ['MINE'], 'host': 'HOSTNAME_OF_TEST' in os.environ,
                        'group': context.log_group_name, 'uid': os.getuid()}
            """,
            memory: 512,
            variables: new { MINE = "ü" });
        var answer = await InvokeAsync(name);
        answer.AssertSucceeded();
        Assert.Equal($"arn:aws:sts::{Account}:assumed-role/function/{name}", answer.Json["me"]!.GetValue<string>());
        Assert.Equal(("us-east-1", "/var/task", "app.handler", "ü"), (
            answer.Json["region"]!.GetValue<string>(), answer.Json["task"]!.GetValue<string>(), answer.Json["handler"]!.GetValue<string>(), answer.Json["mine"]!.GetValue<string>()));
        Assert.Equal($"arn:aws:lambda:us-east-1:{Account}:function:{name}", answer.Json["arn"]!.GetValue<string>());
        Assert.Equal($"/aws/lambda/{name}", answer.Json["group"]!.GetValue<string>());
        Assert.NotEqual(0, answer.Json["uid"]!.GetValue<int>());
    }

    [GeneratedRegex(@"Duration: ([0-9.]+) ms\s+Billed")]
    private static partial Regex Duration();
}
