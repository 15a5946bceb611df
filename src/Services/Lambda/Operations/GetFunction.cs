using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Http;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>Configuration, tags, reserved concurrency, and a link to the code that holds for ten minutes.</summary>
[Operation]
internal sealed class GetFunction(LambdaStore store, FunctionConfigurationView view, CodeLinks links) : IOperation<GetFunctionRequest, GetFunctionResponse>
{
    public async ValueTask<GetFunctionResponse> HandleAsync(GetFunctionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.ParseOwn(request.FunctionName, request.Qualifier, context, "lambda:GetFunction");
        var (function, version) = await store.GetVersionAsync(reference, cancellationToken);
        return new()
        {
            Configuration = view.From(reference.Key, version, reference.Qualifier is not null),
            Code = version.Code.Image is { } image
                ? new() { RepositoryType = "ECR", ImageUri = image.Uri, ResolvedImageUri = image.ResolvedUri }
                : new() { RepositoryType = "S3", Location = links.For(version.Code, context.Endpoint) },
            Tags = function.Tags.Count > 0 ? function.Tags : null,
            Concurrency = function.ReservedConcurrency is { } reserved ? new() { ReservedConcurrentExecutions = reserved } : null,
        };
    }
}
