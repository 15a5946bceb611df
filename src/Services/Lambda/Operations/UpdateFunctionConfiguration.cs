using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>New settings; what the request leaves out stays as it is.</summary>
[Operation]
internal sealed class UpdateFunctionConfiguration(
    LambdaStore store, ICredentialIssuer credentials, FunctionCatalog catalog, EnvironmentSeal seal, FunctionConfigurationView view,
    IIdSource ids, TimeProvider time) : IOperation<UpdateFunctionConfigurationRequest, UpdateFunctionConfigurationResponse>
{
    public async ValueTask<UpdateFunctionConfigurationResponse> HandleAsync(
        UpdateFunctionConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = FunctionReference.ParseOwn(request.FunctionName, null, context, "lambda:UpdateFunctionConfiguration").Key;
        FunctionSettings.Check(request);
        var before = await store.FindAsync(key, cancellationToken);
        FunctionUpdate.Check(before, key, request.RevisionId);
        ImageSettings.Check(request, before.Latest.Code.Image is not null);
        if (request.Runtime is { } runtime)
        {
            LambdaRuntimes.Check(runtime);
            if (catalog.FindRuntime(runtime) is null)
            {
                throw LambdaErrors.RuntimeNotHere(runtime);
            }
        }

        if (request.Environment is { } environment)
        {
            EnvironmentRules.Check(environment.Variables ?? new Dictionary<string, string>());
        }

        if (request.Role is { } role && !await credentials.CanAssumeAsync(role, LambdaModule.ServiceName, cancellationToken))
        {
            throw LambdaErrors.RoleCannotBeAssumed();
        }

        var function = await store.ChangeAsync(
            key,
            (transaction, current) =>
            {
                FunctionUpdate.Check(current, key, request.RevisionId);
                return FunctionUpdate.Begin(transaction, current, latest => Apply(request, key, latest), ids, time.GetUtcNow(), keepsCode: true);
            },
            cancellationToken);
        return UpdateFunctionConfigurationResponse.From(view.From(key, function.Latest, isQualified: false));
    }

    private VersionRecord Apply(UpdateFunctionConfigurationRequest request, FunctionKey key, VersionRecord latest) => latest with
    {
        Role = request.Role ?? latest.Role,
        Handler = request.Handler ?? latest.Handler,
        ImageConfig = request.ImageConfig is null ? latest.ImageConfig : ImageConfigRecord.From(request.ImageConfig),
        Description = request.Description ?? latest.Description,
        TimeoutSeconds = request.Timeout ?? latest.TimeoutSeconds,
        MemoryMegabytes = request.MemorySize ?? latest.MemoryMegabytes,
        Runtime = request.Runtime ?? latest.Runtime,
        StorageMegabytes = request.EphemeralStorage?.Size ?? latest.StorageMegabytes,
        Logging = FunctionSettings.Logging(request.LoggingConfig, latest.Logging, key.Name),

        // Given without variables it means: none.
        SealedEnvironment = request.Environment switch
        {
            null => latest.SealedEnvironment,
            { Variables: { } variables } => seal.Seal(key, variables),
            _ => null,
        },
    };
}
