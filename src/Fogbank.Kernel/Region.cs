using Fogbank.Contracts;

namespace Fogbank.Kernel;

/// <inheritdoc/>
public sealed class Region(OperationRegistry registry, IServiceProvider services, IAuthorizer authorizer, IIdSource ids, RegionAddress address)
    : IRegion
{
    public async ValueTask<TResponse> SendAsync<TResponse>(
        IRequest<TResponse> request, Principal principal, Scope scope, string? idempotencyKey, CancellationToken cancellationToken)
        where TResponse : Shape
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!registry.TryFind(request.Operation, out var handler))
        {
            throw CommonErrors.NotImplemented(request.Operation);
        }

        var context = new RequestContext
        {
            Scope = scope,
            Principal = principal,
            RequestId = ids.NewUuid(),
            Endpoint = address.Advertised,
            IdempotencyKey = idempotencyKey,
        };
        var shape = (Shape)request;
        await authorizer.AuthorizeAsync(handler.Operation, shape, context, cancellationToken);
        return (TResponse)await handler.HandleAsync(shape, services, context, cancellationToken);
    }
}

/// <summary>Where this region is reached.</summary>
/// <param name="Advertised">Scheme, host and port that answers and environments carry: <c>http://127.0.0.1:4566</c>.</param>
public sealed record RegionAddress(Uri Advertised);
