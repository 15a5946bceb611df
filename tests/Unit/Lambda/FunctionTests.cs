using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Fogbank.Contracts.Lambda;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Views;
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

    private static async Task<(string Code, string Message)> ErrorOf<T>(ValueTask<T> call)
    {
        var error = await Assert.ThrowsAsync<AwsException>(async () => await call);
        return (error.Code.Name, error.Message);
    }

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
            await ErrorOf(region.SendAsync(Request(zip: [1, 2, 3]))));
        Assert.Equal(
            ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."),
            await ErrorOf(region.SendAsync(Request(role: "arn:aws:iam::000000000000:role/other"))));
        Assert.Equal(
            ("RequestEntityTooLargeException", "Zipped size must be smaller than 52428800 bytes"),
            await ErrorOf(region.SendAsync(Request(zip: new byte[52_428_800]))));
        Assert.Equal(
            ("InvalidParameterValueException", "Unzipped size must be smaller than 262144000 bytes"),
            await ErrorOf(region.SendAsync(Request(zip: Bomb()))));
        Assert.StartsWith(
            "The runtime parameter of python3.7 is no longer supported", (await ErrorOf(region.SendAsync(Request(runtime: "python3.7")))).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Value PYTHON3.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x, python3.14,",
            (await ErrorOf(region.SendAsync(Request(runtime: "PYTHON3.9")))).Message,
            StringComparison.Ordinal);
        Assert.Contains("the runtime java21", (await ErrorOf(region.SendAsync(Request(runtime: "java21")))).Message, StringComparison.Ordinal);
        Assert.Contains("no interpreter for nodejs20.x", (await ErrorOf(region.SendAsync(Request(runtime: "nodejs20.x")))).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "Reserved keys used in this request: AWS_REGION, _HANDLER",
            (await ErrorOf(region.SendAsync(Request(variables: new Dictionary<string, string> { ["_HANDLER"] = "x", ["AWS_REGION"] = "y" })))).Message,
            StringComparison.Ordinal);
        await region.SendAsync(Request());
        Assert.Equal(("ResourceConflictException", "Function already exist: f"), await ErrorOf(region.SendAsync(Request())));
        Assert.Equal(
            ("ResourceNotFoundException", "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"),
            await ErrorOf(region.SendAsync(Request("arn:aws:lambda:eu-west-1:000000000000:function:g"))));
    }

    [Theory]
    [InlineData("{\"Layers\"", "Layers")]
    [InlineData("VpcConfig", "VpcConfig")]
    [InlineData("DeadLetterConfig", "DeadLetterConfig")]
    [InlineData("TracingConfig", "TracingConfig.Mode Active")]
    public async Task Settings_that_are_not_built_are_refused_by_name(string kind, string name)
    {
        await using var region = await LambdaRegion.StartAsync();
        var (code, message) = await ErrorOf(region.SendAsync(new CreateFunctionRequest
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
    public async Task An_update_is_InProgress_then_Successful_and_bars_others()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        region.Engine.PrepareFails = new(EngineErrorKind.Unavailable, "later");
        var updated = await region.SendAsync(new UpdateFunctionConfigurationRequest
        {
            FunctionName = "f",
            MemorySize = 256,
            Environment = new() { Variables = new Dictionary<string, string> { ["A"] = "1" } },
        });
        Assert.Equal(("Active", "InProgress", "Creating", 256), (updated.State, updated.LastUpdateStatus, updated.LastUpdateStatusReasonCode, updated.MemorySize));
        Assert.Equal("1", updated.Environment!.Variables!["A"]);
        Assert.Equal(
            ("ResourceConflictException", $"The operation cannot be performed at this time. An update is in progress for resource: {Arn}"),
            await ErrorOf(region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ZipFile = LambdaRegion.Zip() })));

        // Meanwhile the old configuration serves.
        await region.InvokeAsync("f");
        Assert.Equal(128L << 20, region.Engine.Started[0].Spec.MemoryBytes);
        region.Engine.PrepareFails = null;
        await region.UntilActiveAsync("f");
        await region.InvokeAsync("f");
        Assert.Equal((256L << 20, "1"), (region.Engine.Started[1].Spec.MemoryBytes, region.Engine.Started[1].Spec.Environment["A"]));
    }

    [Fact]
    public async Task Reservations_made_at_once_cannot_take_more_than_there_is()
    {
        await using var region = await LambdaRegion.StartAsync();
        var names = Enumerable.Range(0, 12).Select(i => $"f{i}").ToList();
        foreach (var name in names)
        {
            await region.CreateAsync(name);
        }

        async Task<bool> ReserveAsync(string name)
        {
            try
            {
                await region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = name, ReservedConcurrentExecutions = 500 });
                return true;
            }
            catch (AwsException refused)
            {
                Assert.Equal("InvalidParameterValueException", refused.Code.Name);
                return false;
            }
        }

        Assert.Single(await Task.WhenAll(names.Select(ReserveAsync)), made => made);
    }

    [Fact]
    public async Task Code_that_cannot_be_unpacked_leaves_the_old_one_in_service()
    {
        await using var region = await LambdaRegion.StartAsync();
        var created = await region.CreateAsync("f");
        region.Engine.PrepareFails = new(EngineErrorKind.ArtifactInvalid, "an entry leads out of the archive");
        await region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ZipFile = LambdaRegion.Zip(text: "new") });
        GetFunctionConfigurationResponse now;
        do
        {
            now = await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f" });
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
        while (now.LastUpdateStatus == "InProgress");
        Assert.Equal(("Active", "Failed", created.CodeSha256), (now.State, now.LastUpdateStatus, now.CodeSha256));
        Assert.Equal("1", (await region.InvokeAsync("f", "1")).Payload);
    }

    [Fact]
    public async Task Dry_run_and_revision_of_an_update_change_nothing()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        var before = await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f" });
        var dry = await region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ZipFile = LambdaRegion.Zip(text: "n"), DryRun = true });
        Assert.NotEqual(before.CodeSha256, dry.CodeSha256);
        Assert.Equal("PreconditionFailedException", (await ErrorOf(region.SendAsync(new UpdateFunctionCodeRequest
        {
            FunctionName = "f",
            ZipFile = LambdaRegion.Zip(text: "n"),
            RevisionId = "no",
        }))).Code);
        var after = await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f" });
        Assert.Equal((before.RevisionId, before.CodeSha256), (after.RevisionId, after.CodeSha256));
    }

    [Fact]
    public async Task Versions_are_immutable_listed_invoked_and_deleted()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        var first = await region.SendAsync(new PublishVersionRequest { FunctionName = "f", Description = "one" });
        Assert.Equal(("1", $"{Arn}:1", "one"), (first.Version, first.FunctionArn, first.Description));
        Assert.Equal("1", (await region.SendAsync(new PublishVersionRequest { FunctionName = "f" })).Version);
        await region.SendAsync(new UpdateFunctionConfigurationRequest { FunctionName = "f", Timeout = 9 });
        await region.UntilActiveAsync("f");
        Assert.Equal("2", (await region.SendAsync(new PublishVersionRequest { FunctionName = "f" })).Version);
        var answer = await region.SendAsync(new InvokeRequest { FunctionName = "f:1" });
        Assert.Equal("1", answer.ExecutedVersion);
        Assert.Equal("1", region.Engine.Started[0].Spec.Environment["AWS_LAMBDA_FUNCTION_VERSION"]);

        var listed = new List<string?>();
        string? marker = null;
        do
        {
            var page = await region.SendAsync(new ListVersionsByFunctionRequest { FunctionName = "f", MaxItems = 1, Marker = marker });
            listed.AddRange(page.Versions!.Select(version => version.Version));
            marker = page.NextMarker;
        }
        while (marker is not null);
        Assert.Equal(["$LATEST", "1", "2"], listed);

        await region.SendAsync(new DeleteFunctionRequest { FunctionName = "f", Qualifier = "1" });
        Assert.Equal(
            ("ResourceNotFoundException", $"Function not found: {Arn}:1"),
            await ErrorOf(region.SendAsync(new GetFunctionRequest { FunctionName = "f", Qualifier = "1" })));
        Assert.Equal(
            "$LATEST version cannot be deleted without deleting the function.",
            (await ErrorOf(region.SendAsync(new DeleteFunctionRequest { FunctionName = "f", Qualifier = "$LATEST" }))).Message);
    }

    [Fact]
    public async Task Delete_forgets_the_function_its_policy_and_its_environments()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        await region.InvokeAsync("f");
        Assert.Equal(204, (await region.SendAsync(new DeleteFunctionRequest { FunctionName = "f" })).StatusCode);
        await LambdaRegion.UntilAsync(() => region.Engine.Started[0].IsDisposed, () => "the environment's end");
        Assert.Equal(("ResourceNotFoundException", $"Function not found: {Arn}"), await ErrorOf(region.SendAsync(new InvokeRequest { FunctionName = "f" })));
        Assert.Equal(("ResourceNotFoundException", $"Function not found: {Arn}"), await ErrorOf(region.SendAsync(new DeleteFunctionRequest { FunctionName = "f" })));
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
    public async Task All_versions_of_all_functions_page_one_by_one()
    {
        await using var region = await LambdaRegion.StartAsync();
        foreach (var name in (string[])["a", "b", "c"])
        {
            await region.CreateAsync(name);
        }

        await region.SendAsync(new PublishVersionRequest { FunctionName = "a" });
        await region.SendAsync(new PublishVersionRequest { FunctionName = "c" });
        foreach (var size in (int[])[1, 2, 3, 50])
        {
            var listed = new List<string?>();
            string? marker = null;
            do
            {
                var page = await region.SendAsync(new ListFunctionsRequest { FunctionVersion = "ALL", MaxItems = size, Marker = marker });
                Assert.InRange(page.Functions!.Count, 1, size);
                listed.AddRange(page.Functions.Select(function => $"{function.FunctionName}:{function.Version}"));
                marker = page.NextMarker;
            }
            while (marker is not null);
            Assert.Equal(["a:$LATEST", "a:1", "b:$LATEST", "c:$LATEST", "c:1"], listed);
        }
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
        Assert.Equal("ResourceNotFoundException", (await ErrorOf(region.SendAsync(new InvokeRequest { FunctionName = "f" }))).Code);
        Assert.Empty((await region.SendAsync(new ListFunctionsRequest())).Functions!);
        await region.CreateAsync("f");
        await region.InvokeAsync("f");
    }

    [Fact]
    public async Task Permissions_make_AWSs_policy_and_open_the_function_to_a_service()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        var s3 = Principal.Service("s3.amazonaws.com", "000000000000", "arn:aws:s3:::photos");
        var probe = new InvokeRequest { FunctionName = Arn, InvocationType = "DryRun" };
        Assert.Equal("AccessDeniedException", (await ErrorOf(region.SendAsync(probe, s3))).Code);
        Assert.Equal(("ResourceNotFoundException", "The resource you requested does not exist."), await ErrorOf(region.SendAsync(new GetPolicyRequest { FunctionName = "f" })));
        var added = await region.SendAsync(new AddPermissionRequest
        {
            FunctionName = "f",
            StatementId = "s3",
            Action = "lambda:InvokeFunction",
            Principal = "s3.amazonaws.com",
            SourceArn = "arn:aws:s3:::photo*",
            SourceAccount = "000000000000",
        });
        const string Statement =
            """{"Sid":"s3","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Condition":{"StringEquals":{"AWS:SourceAccount":"000000000000"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::photo*"}}}""";
        Assert.Equal(Statement, added.Statement);
        Assert.Equal(
            $$"""{"Version":"2012-10-17","Id":"default","Statement":[{{Statement}}]}""",
            (await region.SendAsync(new GetPolicyRequest { FunctionName = "f" })).Policy);
        Assert.Equal(204, (await region.SendAsync(probe, s3)).StatusCode);
        Assert.Equal("AccessDeniedException", (await ErrorOf(region.SendAsync(probe, Principal.Service("s3.amazonaws.com", "000000000000", "arn:aws:s3:::other")))).Code);
        Assert.Equal("AccessDeniedException", (await ErrorOf(region.SendAsync(probe, Principal.Service("sns.amazonaws.com", "000000000000", "arn:aws:s3:::photos")))).Code);
        Assert.Equal("AccessDeniedException", (await ErrorOf(region.SendAsync(probe, Principal.Root("111111111111")))).Code);
        Assert.Equal(
            "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.",
            (await ErrorOf(region.SendAsync(new AddPermissionRequest { FunctionName = "f", StatementId = "s3", Action = "lambda:*", Principal = "*" }))).Message);
        Assert.Equal(
            "Statement x is not found in resource policy.",
            (await ErrorOf(region.SendAsync(new RemovePermissionRequest { FunctionName = "f", StatementId = "x" }))).Message);
        await region.SendAsync(new RemovePermissionRequest { FunctionName = "f", StatementId = "s3" });
        Assert.Equal("AccessDeniedException", (await ErrorOf(region.SendAsync(probe, s3))).Code);
    }

    [Fact]
    public async Task Tags_concurrency_and_event_settings_are_kept_and_answered()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        await region.SendAsync(new TagResourceRequest { Resource = Arn, Tags = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } });
        await region.SendAsync(new UntagResourceRequest { Resource = Arn, TagKeys = ["a"] });
        Assert.Equal([new("b", "2")], (await region.SendAsync(new ListTagsRequest { Resource = Arn })).Tags!);
        Assert.Equal(
            "Tags on function aliases and versions are not supported. Please specify a function ARN.",
            (await ErrorOf(region.SendAsync(new ListTagsRequest { Resource = Arn + ":$LATEST" }))).Message);

        Assert.Null((await region.SendAsync(new GetFunctionConcurrencyRequest { FunctionName = "f" })).ReservedConcurrentExecutions);
        await region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = "f", ReservedConcurrentExecutions = 900 });
        Assert.Equal(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
            (await ErrorOf(region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = "f", ReservedConcurrentExecutions = 901 }))).Message);
        var settings = await region.SendAsync(new GetAccountSettingsRequest());
        Assert.Equal((100, 1L), (settings.AccountLimit!.UnreservedConcurrentExecutions, settings.AccountUsage!.FunctionCount));
        await region.SendAsync(new DeleteFunctionConcurrencyRequest { FunctionName = "f" });

        Assert.Equal($"The function {Arn}:$LATEST doesn't have an EventInvokeConfig", (await ErrorOf(region.SendAsync(new GetFunctionEventInvokeConfigRequest { FunctionName = "f" }))).Message);
        var put = await region.SendAsync(new PutFunctionEventInvokeConfigRequest { FunctionName = "f", MaximumRetryAttempts = 1 });
        Assert.Equal((Arn + ":$LATEST", 1, null), (put.FunctionArn, put.MaximumRetryAttempts, put.MaximumEventAgeInSeconds));
        Assert.NotNull(put.DestinationConfig!.OnFailure);
        var updated = await region.SendAsync(new UpdateFunctionEventInvokeConfigRequest { FunctionName = "f", MaximumEventAgeInSeconds = 60 });
        Assert.Equal((1, 60), (updated.MaximumRetryAttempts, updated.MaximumEventAgeInSeconds));
        Assert.Contains("DestinationConfig.OnFailure", (await ErrorOf(region.SendAsync(new PutFunctionEventInvokeConfigRequest
        {
            FunctionName = "f",
            DestinationConfig = new() { OnFailure = new() { Destination = "arn:aws:sqs:us-east-1:000000000000:q" } },
        }))).Message, StringComparison.Ordinal);
        await region.SendAsync(new DeleteFunctionEventInvokeConfigRequest { FunctionName = "f" });
        Assert.Empty((await region.SendAsync(new ListFunctionEventInvokeConfigsRequest { FunctionName = "f" })).FunctionEventInvokeConfigs!);
    }

    [Fact]
    public void Every_copy_of_the_view_has_all_its_members()
    {
        var view = new FunctionConfiguration();
        var members = typeof(FunctionConfiguration).GetProperties().Where(property => property.CanWrite && property.PropertyType == typeof(string)).ToList();
        members.ForEach(member => member.SetValue(view, member.Name));
        object[] copies = [view.ToCreated(), view.ToConfiguration(), view.ToCodeUpdated(), view.ToConfigurationUpdated(), view.ToPublished()];
        string[] unused = ["KMSKeyArn", "MasterArn", "SigningProfileVersionArn", "SigningJobArn", "ConfigSha256"];
        foreach (var copy in copies)
        {
            foreach (var member in members.Where(member => !unused.Contains(member.Name)))
            {
                Assert.Equal(member.Name, copy.GetType().GetProperty(member.Name)!.GetValue(copy));
            }
        }
    }

    [Fact]
    public async Task Throttles_over_the_wire_have_AWSs_body()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        await region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = "f", ReservedConcurrentExecutions = 0 });
        using var answer = await region.Http.PostAsync("/2015-03-31/functions/f/invocations", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("ReservedFunctionConcurrentInvocationLimitExceeded", body.RootElement.GetProperty("Reason").GetString());
        Assert.Equal("User", Assert.Single(body.RootElement.EnumerateObject(), member => member.Name == "Type").Value.GetString());
        Assert.Equal("Rate Exceeded.", body.RootElement.GetProperty("message").GetString());
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
