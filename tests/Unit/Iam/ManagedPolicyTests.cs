using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Operations.Policies;
using Fogbank.Services.Iam.Operations.Roles;
using Fogbank.Services.Iam.Operations.Users;
using Fogbank.Services.Iam.Store;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Xunit;

namespace Fogbank.Tests.Unit.Iam;

/// <summary>Attaching and listing managed policies, over the real store.</summary>
public sealed class ManagedPolicyTests : IAsyncLifetime
{
    private const string Account = "123456789012";
    private const string Document = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""";
    private const string Trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";
    private const string BasicExecution = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    private const string TaskExecution = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

    private static readonly RequestContext Context = new()
    {
        Scope = new Scope(Account, "us-east-1"),
        Principal = Principal.Root(Account),
        RequestId = "test",
        Endpoint = new Uri("http://127.0.0.1:4566"),
    };

    private SqliteStore _sqlite = null!;
    private IamStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sqlite = await SqliteStore.OpenAsync(new StoreOptions { Memory = true }, TimeProvider.System, null);
        _store = new IamStore(_sqlite);
        await _store.StartAsync(Cancel);
        await new CreateRole(_store, RandomIdSource.Instance, TimeProvider.System).HandleAsync(
            new() { RoleName = "role", AssumeRolePolicyDocument = Trust }, Context, Cancel);
        await new CreateUser(_store, RandomIdSource.Instance, TimeProvider.System).HandleAsync(new() { UserName = "user" }, Context, Cancel);
    }

    public ValueTask DisposeAsync() => _sqlite.DisposeAsync();

    [Theory]
    [InlineData("arn:aws:iam::aws:policy/NoSuchPolicy")]
    [InlineData("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole")]
    [InlineData("arn:aws:iam::123456789012:policy/none")]
    public async Task A_policy_that_does_not_exist_cannot_be_attached(string arn)
    {
        var ofRole = await Assert.ThrowsAsync<AwsException>(() => AttachAsync(arn));
        var ofUser = await Assert.ThrowsAsync<AwsException>(async () =>
            await new AttachUserPolicy(_store).HandleAsync(new() { UserName = "user", PolicyArn = arn }, Context, Cancel));
        Assert.Equal($"Policy {arn} does not exist or is not attachable.", ofRole.Message);
        Assert.Equal((ofRole.Message, IamErrorCodes.NoSuchEntityException), (ofUser.Message, ofUser.Code));
        Assert.Empty(await WalkAsync("All", onlyAttached: true, size: 100));
    }

    [Fact]
    public async Task A_policy_of_a_service_linked_role_cannot_be_attached_to_others()
    {
        var error = await Assert.ThrowsAsync<AwsException>(() => AttachAsync("arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy"));
        Assert.Equal((IamErrorCodes.PolicyNotAttachableException, "Cannot attach a Service Role Policy to a Customer Role."), (error.Code, error.Message));
    }

    [Fact]
    public async Task Attachments_are_counted_once_each()
    {
        await AttachAsync(TaskExecution);
        await AttachAsync(TaskExecution);
        await new AttachUserPolicy(_store).HandleAsync(new() { UserName = "user", PolicyArn = TaskExecution }, Context, Cancel);
        Assert.Equal(2, await CountAsync(TaskExecution));
        await new DetachRolePolicy(_store).HandleAsync(new() { RoleName = "role", PolicyArn = TaskExecution }, Context, Cancel);
        Assert.Equal(1, await CountAsync(TaskExecution));
        await new DetachUserPolicy(_store).HandleAsync(new() { UserName = "user", PolicyArn = TaskExecution }, Context, Cancel);
        Assert.Equal(0, await CountAsync(TaskExecution));
        Assert.Empty(await WalkAsync("All", onlyAttached: true, size: 100));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Pages_of_any_size_add_up_to_the_list(int size)
    {
        foreach (var name in new[] { "one", "two", "three" })
        {
            await new CreatePolicy(_store, RandomIdSource.Instance, TimeProvider.System).HandleAsync(
                new() { PolicyName = name, Path = "/mine/", PolicyDocument = Document }, Context, Cancel);
        }

        await AttachAsync($"arn:aws:iam::{Account}:policy/mine/two");
        await AttachAsync(BasicExecution);
        await AttachAsync(TaskExecution);
        string[] own = [$"arn:aws:iam::{Account}:policy/mine/one", $"arn:aws:iam::{Account}:policy/mine/three", $"arn:aws:iam::{Account}:policy/mine/two"];
        Assert.Equal(own, await WalkAsync("Local", onlyAttached: false, size));
        Assert.Equal(own, await WalkAsync("All", onlyAttached: false, size, "/mine/"));
        Assert.Equal([own[2], BasicExecution, TaskExecution], await WalkAsync("All", onlyAttached: true, size));
        Assert.Equal([BasicExecution, TaskExecution], await WalkAsync("AWS", onlyAttached: true, size, "/service-role/"));
        var jobs = AwsManagedPolicies.All.Select(policy => policy.Arn).Where(arn => arn.Path == "/job-function/").Select(arn => arn.ToString());
        Assert.Equal(jobs, await WalkAsync("AWS", onlyAttached: false, size, "/job-function/"));
    }

    [Fact]
    public async Task A_document_is_told_where_it_is_known_and_refused_by_name_where_not()
    {
        var known = await new GetPolicyVersion(_store).HandleAsync(new() { PolicyArn = TaskExecution, VersionId = "v1" }, Context, Cancel);
        Assert.Contains("ecr:GetAuthorizationToken", Uri.UnescapeDataString(known.PolicyVersion!.Document!), StringComparison.Ordinal);
        var unknown = await Assert.ThrowsAsync<AwsException>(async () => await new GetPolicyVersion(_store).HandleAsync(
            new() { PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess", VersionId = "v1" }, Context, Cancel));
        Assert.Equal((501, "Fogbank does not have the document of arn:aws:iam::aws:policy/ReadOnlyAccess v1."), (unknown.Code.Status, unknown.Message));
        var never = await Assert.ThrowsAsync<AwsException>(async () => await new GetPolicyVersion(_store).HandleAsync(
            new() { PolicyArn = TaskExecution, VersionId = "v2" }, Context, Cancel));
        Assert.Equal(IamErrorCodes.NoSuchEntityException, never.Code);
    }

    /// <summary>A database that was written before attachments were numbered gets the numbers when it is opened.</summary>
    [Fact]
    public async Task Numbers_of_attachments_are_made_for_an_older_database()
    {
        var folder = Directory.CreateTempSubdirectory("fogbank-iam-").FullName;
        try
        {
            await using (var old = await SqliteStore.OpenAsync(new StoreOptions { DataDirectory = folder }, TimeProvider.System, null))
            {
                var schema = new DatabaseSchema
                {
                    Database = "control",
                    Owner = "iam",
                    Tables = [IamTables.Roles, IamTables.Users, IamTables.Policies, IamTables.Attachments, IamTables.AccessKeys],
                };
                var database = await old.OpenAsync(schema, Cancel);
                await database.WriteAsync(
                    transaction =>
                    {
                        foreach (var name in new[] { "a", "b" })
                        {
                            transaction.Put(
                                IamTables.Attachments,
                                PolicyAttachments.Key(Account, TaskExecution).Add("role", name),
                                new AttachmentRecord(TaskExecution, "role", name, "AROA"));
                        }
                    },
                    Cancel);
            }

            await using var now = await SqliteStore.OpenAsync(new StoreOptions { DataDirectory = folder }, TimeProvider.System, null);
            var store = new IamStore(now);
            await store.StartAsync(Cancel);
            Assert.Equal(2, await PolicyAttachments.CountAsync(store.Database, Account, TaskExecution, Cancel));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task AttachAsync(string arn) =>
        await new AttachRolePolicy(_store).HandleAsync(new() { RoleName = "role", PolicyArn = arn }, Context, Cancel);

    private async Task<int?> CountAsync(string arn) =>
        (await new GetPolicy(_store).HandleAsync(new() { PolicyArn = arn }, Context, Cancel)).Policy!.AttachmentCount;

    private async Task<List<string>> WalkAsync(string scope, bool onlyAttached, int size, string? pathPrefix = null)
    {
        var arns = new List<string>();
        string? marker = null;
        do
        {
            var page = await new ListPolicies(_store).HandleAsync(
                new() { Scope = scope, OnlyAttached = onlyAttached, MaxItems = size, Marker = marker, PathPrefix = pathPrefix }, Context, Cancel);
            Assert.InRange(page.Policies!.Count, 0, size);
            Assert.Equal(page.Marker is not null, page.IsTruncated);
            arns.AddRange(page.Policies.Select(policy => policy.Arn!));
            marker = page.Marker;
        }
        while (marker is not null);
        return arns;
    }
}
