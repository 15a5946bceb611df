using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>No function has a code signing configuration, since none can be made. Infrastructure tools ask for it after every change.</summary>
[Operation]
internal sealed class GetFunctionCodeSigningConfig(LambdaStore store)
    : IOperation<GetFunctionCodeSigningConfigRequest, GetFunctionCodeSigningConfigResponse>
{
    public async ValueTask<GetFunctionCodeSigningConfigResponse> HandleAsync(
        GetFunctionCodeSigningConfigRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = FunctionReference.ParseOwn(request.FunctionName, null, context, "lambda:GetFunctionCodeSigningConfig").Key;
        _ = await store.FindAsync(key, cancellationToken) ?? throw LambdaErrors.FunctionNotFound(key.Arn);

        // AWS leaves both members out, though the model calls them required.
        return new() { CodeSigningConfigArn = null!, FunctionName = null! };
    }
}

/// <summary>Always automatic: what runs is what the machine has.</summary>
[Operation]
internal sealed class GetRuntimeManagementConfig(LambdaStore store) : IOperation<GetRuntimeManagementConfigRequest, GetRuntimeManagementConfigResponse>
{
    public async ValueTask<GetRuntimeManagementConfigResponse> HandleAsync(
        GetRuntimeManagementConfigRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.ParseOwn(request.FunctionName, request.Qualifier, context, "lambda:GetRuntimeManagementConfig");
        _ = await store.GetVersionAsync(reference, cancellationToken);
        return new()
        {
            UpdateRuntimeOn = UpdateRuntimeOn.Auto,
            FunctionArn = reference.Key.QualifiedArn(reference.VersionOrLatest),
        };
    }
}
