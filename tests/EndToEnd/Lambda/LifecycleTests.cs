using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Lambda;

/// <summary>A function's life, by three clients.</summary>
public class LifecycleTests(SharedRegion region) : LambdaTest(region)
{
    [Fact]
    public async Task Cli_creates_invokes_updates_and_deletes()
    {
        var role = await RoleAsync();
        var folder = Directory.CreateTempSubdirectory("fogbank-e2e-fn-").FullName;
        try
        {
            var first = Zip.Of(("app.py", "import os\ndef handler(event, context):\n    return {'v': 1, 'got': event, 'who': os.environ['WHO']}\n"));
            await File.WriteAllBytesAsync($"{folder}/1.zip", first, Cancel);
            await File.WriteAllBytesAsync($"{folder}/2.zip", Zip.Of(("app.py", "def handler(event, context):\n    return {'v': 2, 'mb': context.memory_limit_in_mb}\n")), Cancel);
            var created = await AwsAsync(
                "lambda", "create-function", "--function-name", "hello", "--runtime", "python3.12", "--handler", "app.handler", "--role", role,
                "--zip-file", $"fileb://{folder}/1.zip", "--environment", "Variables={WHO=me}", "--tags", "team=blue", "--description", "first");
            Assert.Equal("Pending", created["State"]!.GetValue<string>());
            Assert.Equal($"arn:aws:lambda:us-east-1:{Account}:function:hello", created["FunctionArn"]!.GetValue<string>());
            Assert.Equal(Convert.ToBase64String(SHA256.HashData(first)), created["CodeSha256"]!.GetValue<string>());
            await AwsTextAsync("lambda", "wait", "function-active-v2", "--function-name", "hello");
            var meta = await AwsAsync("lambda", "invoke", "--function-name", "hello", "--payload", """{"a": "ü"}""", "--log-type", "Tail", $"{folder}/out");
            Assert.Equal(200, meta["StatusCode"]!.GetValue<int>());
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"v":1,"got":{"a":"ü"},"who":"me"}"""), JsonNode.Parse(await File.ReadAllTextAsync($"{folder}/out", Cancel))));
            var log = Encoding.UTF8.GetString(Convert.FromBase64String(meta["LogResult"]!.GetValue<string>()));
            Assert.Matches(@"START RequestId: [0-9a-f-]{36} Version: \$LATEST\n", log);
            Assert.Matches(@"REPORT RequestId: [0-9a-f-]{36}\tDuration: [0-9.]+ ms\tBilled Duration: [0-9]+ ms\tMemory Size: 128 MB\tMax Memory Used: [0-9]+ MB\tInit Duration: [0-9.]+ ms", log);

            await AwsAsync("lambda", "update-function-code", "--function-name", "hello", "--zip-file", $"fileb://{folder}/2.zip");
            await AwsTextAsync("lambda", "wait", "function-updated-v2", "--function-name", "hello");
            await AwsAsync("lambda", "update-function-configuration", "--function-name", "hello", "--memory-size", "192", "--timeout", "7");
            await AwsTextAsync("lambda", "wait", "function-updated-v2", "--function-name", "hello");
            await AwsAsync("lambda", "invoke", "--function-name", "hello", $"{folder}/out");
            Assert.Equal("""{"v": 2, "mb": "192"}""", await File.ReadAllTextAsync($"{folder}/out", Cancel));

            var seen = await AwsAsync("lambda", "get-function", "--function-name", "hello");
            Assert.Equal(7, seen["Configuration"]!["Timeout"]!.GetValue<int>());
            Assert.Equal("blue", seen["Tags"]!["team"]!.GetValue<string>());
            var code = await CurlAsync("-f", "-o", $"{folder}/back.zip", seen["Code"]!["Location"]!.GetValue<string>());
            Assert.True(code.ExitCode == 0, code.ToString());
            Assert.Equal(await File.ReadAllBytesAsync($"{folder}/2.zip", Cancel), await File.ReadAllBytesAsync($"{folder}/back.zip", Cancel));

            await AwsAsync("lambda", "delete-function", "--function-name", "hello");
            Assert.Equal(
                $"An error occurred (ResourceNotFoundException) when calling the GetFunction operation: Function not found: arn:aws:lambda:us-east-1:{Account}:function:hello",
                await AwsFailsAsync("lambda", "get-function", "--function-name", "hello"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Javascript_sdk_creates_waits_invokes_lists_and_deletes()
    {
        var role = (await NodeAsync("iam", "CreateRole", new { RoleName = "js", AssumeRolePolicyDocument = TrustPolicy }))["Role"]!["Arn"]!.GetValue<string>();
        var zip = Zip.Of(("index.mjs", "export const handler = async (event, context) => ({ twice: event.n * 2, left: context.getRemainingTimeInMillis() > 1000 });\n"));
        foreach (var name in new[] { "a", "b", "c" })
        {
            await NodeAsync("lambda", "CreateFunction", new
            {
                FunctionName = name,
                Runtime = "nodejs20.x",
                Handler = "index.handler",
                Role = role,
                Code = new { ZipFile = zip },
            });
        }

        await NodeAsync("lambda", "wait:FunctionActiveV2", new { FunctionName = "b" });
        var answer = await NodeAsync("lambda", "Invoke", new { FunctionName = "b", Payload = Encoding.UTF8.GetBytes("""{"n": 21}""") });
        Assert.Equal("""{"twice":42,"left":true}""", Bytes(answer["Payload"]));
        var pages = (await NodeAsync("lambda", "page:ListFunctions", new { MaxItems = 2 })).AsArray();
        Assert.Equal(["a", "b", "c"], pages.SelectMany(page => page!["Functions"]!.AsArray()).Select(item => item!["FunctionName"]!.GetValue<string>()).Order());
        Assert.Equal(2, pages.Count);
        await NodeAsync("lambda", "DeleteFunction", new { FunctionName = "b" });
        Assert.Equal("ResourceNotFoundException", (await NodeFailsAsync("lambda", "Invoke", new { FunctionName = "b" })).Code);
    }

    [Fact]
    public async Task Versions_tags_and_permissions_are_kept()
    {
        var name = await CreatePythonAsync("def handler(event, context):\n    return context.function_version\n");
        var arn = $"arn:aws:lambda:us-east-1:{Account}:function:{name}";
        var version = await BotoAsync("lambda", "publish_version", new { FunctionName = name });
        Assert.Equal("1", version["Version"]!.GetValue<string>());
        await BotoAsync("lambda", "wait:function_active_v2", new { FunctionName = name, Qualifier = "1" });
        var answer = await BotoAsync("lambda", "invoke", new { FunctionName = name, Qualifier = "1" });
        Assert.Equal(("1", "\"1\""), (answer["ExecutedVersion"]!.GetValue<string>(), Bytes(answer["Payload"])));

        await BotoAsync("lambda", "tag_resource", new { Resource = arn, Tags = new { a = "1", b = "2" } });
        await BotoAsync("lambda", "untag_resource", new { Resource = arn, TagKeys = new[] { "a" } });
        Assert.Equal("""{"b":"2"}""", (await BotoAsync("lambda", "list_tags", new { Resource = arn }))["Tags"]!.ToJsonString());

        Assert.Equal("ResourceNotFoundException", (await BotoFailsAsync("lambda", "get_policy", new { FunctionName = name })).Code);
        await BotoAsync("lambda", "add_permission", new
        {
            FunctionName = name,
            StatementId = "s3",
            Action = "lambda:InvokeFunction",
            Principal = "s3.amazonaws.com",
            SourceArn = "arn:aws:s3:::bucket",
            SourceAccount = Account,
        });
        var policy = JsonNode.Parse((await BotoAsync("lambda", "get_policy", new { FunctionName = name }))["Policy"]!.GetValue<string>())!;
        Assert.Equal("s3.amazonaws.com", policy["Statement"]![0]!["Principal"]!["Service"]!.GetValue<string>());
        Assert.Equal("arn:aws:s3:::bucket", policy["Statement"]![0]!["Condition"]!["ArnLike"]!["AWS:SourceArn"]!.GetValue<string>());
        Assert.Equal("ResourceConflictException", (await BotoFailsAsync(
            "lambda", "add_permission", new { FunctionName = name, StatementId = "s3", Action = "lambda:InvokeFunction", Principal = "s3.amazonaws.com" })).Code);
        await BotoAsync("lambda", "remove_permission", new { FunctionName = name, StatementId = "s3" });
        Assert.Equal(404, (await BotoFailsAsync("lambda", "get_policy", new { FunctionName = name })).Status);
    }

    [Fact]
    public async Task Code_comes_from_a_bucket()
    {
        await BotoAsync("s3", "create_bucket", new { Bucket = $"code-{Account}" });
        await BotoAsync("s3", "put_object", new { Bucket = $"code-{Account}", Key = "f.zip", Body = Zip.Of(("app.py", "def handler(event, context):\n    return 'from s3'\n")) });
        var role = await RoleAsync();
        var missing = await BotoFailsAsync("lambda", "create_function", new
        {
            FunctionName = "f",
            Runtime = "python3.12",
            Handler = "app.handler",
            Role = role,
            Code = new { S3Bucket = $"code-{Account}", S3Key = "none.zip" },
        });
        Assert.Equal(
            ("InvalidParameterValueException", "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."),
            (missing.Code, missing.Text));
        await BotoAsync("lambda", "create_function", new
        {
            FunctionName = "f",
            Runtime = "python3.12",
            Handler = "app.handler",
            Role = role,
            Code = new { S3Bucket = $"code-{Account}", S3Key = "f.zip" },
        });
        await BotoAsync("lambda", "wait:function_active_v2", new { FunctionName = "f" });
        Assert.Equal("\"from s3\"", (await InvokeAsync("f")).Payload);
    }

    [Fact]
    public async Task What_is_wrong_is_refused_in_words_of_aws()
    {
        var role = await RoleAsync();
        var zip = Zip.Of(("app.py", "def handler(event, context):\n    pass\n"));
        object Request(string? name = null, string runtime = "python3.12", string? functionRole = null, int timeout = 3, byte[]? code = null) => new
        {
            FunctionName = name ?? "f",
            Runtime = runtime,
            Handler = "app.handler",
            Role = functionRole ?? role,
            Timeout = timeout,
            Code = new { ZipFile = code ?? zip },
        };
        var noRole = await BotoFailsAsync("lambda", "create_function", Request(functionRole: $"arn:aws:iam::{Account}:role/none"));
        Assert.Equal(("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."), (noRole.Code, noRole.Text));
        Assert.Equal("InvalidParameterValueException", (await BotoFailsAsync("lambda", "create_function", Request(runtime: "cobol1.x"))).Code);
        Assert.Equal("InvalidParameterValueException", (await BotoFailsAsync("lambda", "create_function", Request(code: [1, 2, 3]))).Code);
        var tooLong = await NodeFailsAsync("lambda", "CreateFunction", Request(timeout: 901));
        Assert.Equal(
            "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
            tooLong.Text);
        await BotoAsync("lambda", "create_function", Request());
        var twice = await BotoFailsAsync("lambda", "create_function", Request());
        Assert.Equal(("ResourceConflictException", "Function already exist: f", 409), (twice.Code, twice.Text, twice.Status));
        Assert.Empty((await BotoAsync("lambda", "list_versions_by_function", new { FunctionName = "f" }))["Versions"]!.AsArray().Skip(1));
    }
}
