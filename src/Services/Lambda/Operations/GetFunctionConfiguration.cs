using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;

namespace Fogbank.Services.Lambda.Operations;

[Operation]
internal sealed class GetFunctionConfiguration(LambdaStore store, FunctionConfigurationView view)
    : IOperation<GetFunctionConfigurationRequest, GetFunctionConfigurationResponse>
{
    public async ValueTask<GetFunctionConfigurationResponse> HandleAsync(
        GetFunctionConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.ParseOwn(request.FunctionName, request.Qualifier, context, "lambda:GetFunctionConfiguration");
        var (_, version) = await store.GetVersionAsync(reference, cancellationToken);
        return GetFunctionConfigurationResponse.From(view.From(reference.Key, version, reference.Qualifier is not null));
    }
}
