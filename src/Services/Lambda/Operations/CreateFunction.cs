using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>Commits the function as Pending and due; the reconciler makes it Active.</summary>
[Operation]
internal sealed class CreateFunction(
    LambdaStore store, CodeUpload upload, FunctionImages images, ICredentialIssuer credentials, FunctionCatalog catalog, EnvironmentSeal seal,
    FunctionConfigurationView view, IIdSource ids, TimeProvider time) : IOperation<CreateFunctionRequest, CreateFunctionResponse>
{
    public async ValueTask<CreateFunctionResponse> HandleAsync(
        CreateFunctionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = FunctionReference.ParseNew(request.FunctionName, context);
        var isImage = ImageSettings.Check(request);
        FunctionSettings.Check(request);
        if (!isImage)
        {
            LambdaRuntimes.Check(request.Runtime!);
        }

        var variables = request.Environment?.Variables;
        EnvironmentRules.Check(variables ?? new Dictionary<string, string>());
        if (!isImage && catalog.FindRuntime(request.Runtime!) is null)
        {
            throw LambdaErrors.RuntimeNotHere(request.Runtime!);
        }

        if (!await credentials.CanAssumeAsync(request.Role, LambdaModule.ServiceName, cancellationToken))
        {
            throw LambdaErrors.RoleCannotBeAssumed();
        }

        if (await store.FindAsync(key, cancellationToken) is not null)
        {
            throw LambdaErrors.FunctionExists(key.Name);
        }

        var image = isImage ? await images.PinAsync(key, request.Code.ImageUri!, context, cancellationToken) : null;
        await using var package = isImage ? null : await upload.ReadAsync(
            request.Code.ZipFile, request.Code.S3Bucket, request.Code.S3Key, request.Code.S3ObjectVersion, context, cancellationToken);
        var now = time.GetUtcNow();
        var shown = await store.WriteAsync(
            key,
            (transaction, current) =>
            {
                if (current is not null)
                {
                    throw LambdaErrors.FunctionExists(key.Name);
                }

                var latest = Describe(request, key, variables, image ?? package!.Attach(transaction), now);
                var created = new FunctionRecord
                {
                    Name = key.Name,
                    Latest = latest,
                    Tags = request.Tags ?? new Dictionary<string, string>(),
                    WakeAt = now,
                };
                if (request.Publish is true)
                {
                    (created, latest) = VersionPublisher.Publish(transaction, key, created, null, ids.NewUuid());
                }

                transaction.Put(LambdaSchema.Functions, LambdaStore.KeyOf(key), created);
                return latest;
            },
            cancellationToken);
        return CreateFunctionResponse.From(view.From(key, shown, isQualified: request.Publish is true));
    }

    private VersionRecord Describe(
        CreateFunctionRequest request, FunctionKey key, IReadOnlyDictionary<string, string>? variables, CodeRecord code, DateTimeOffset now) =>
        FunctionStates.Created(new VersionRecord
        {
            Version = FunctionReference.Latest,
            ConfigurationId = ids.NewUuid(),
            RevisionId = ids.NewUuid(),
            Code = code,
            Runtime = code.Image is null ? request.Runtime! : "",
            Handler = code.Image is null ? request.Handler! : "",
            ImageConfig = ImageConfigRecord.From(request.ImageConfig),
            Role = request.Role,
            Description = request.Description ?? "",
            Architecture = request.Architectures?[0] ?? FunctionSettings.HostArchitecture,
            TimeoutSeconds = request.Timeout ?? 3,
            MemoryMegabytes = request.MemorySize ?? 128,
            StorageMegabytes = request.EphemeralStorage?.Size ?? 512,
            SealedEnvironment = variables is null ? null : seal.Seal(key, variables),
            Logging = FunctionSettings.Logging(request.LoggingConfig, null, key.Name),
            LastModified = now,
            State = FunctionStates.Pending,
        });
}
