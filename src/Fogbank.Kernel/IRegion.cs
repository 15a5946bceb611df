using Fogbank.Contracts;

namespace Fogbank.Kernel;

/// <summary>The only way from one service to another: its own contract, in process, typed, nothing serialized.</summary>
public interface IRegion
{
    /// <summary>Runs another service's operation as <paramref name="principal"/>, authorized like any request.</summary>
    /// <param name="request">A request of the other service's contract; what the model demands must hold.</param>
    /// <param name="principal">The caller: a service for a resource, or a role.</param>
    /// <param name="scope">Account and region whose resources are meant.</param>
    /// <param name="idempotencyKey">By it the receiver recognises a repetition; null where repeating does no harm.</param>
    /// <param name="cancellationToken">Gives up waiting; what was committed stays.</param>
    /// <exception cref="AwsException">What the operation answers a client, or 501 where it is not built.</exception>
    ValueTask<TResponse> SendAsync<TResponse>(
        IRequest<TResponse> request, Principal principal, Scope scope, string? idempotencyKey, CancellationToken cancellationToken)
        where TResponse : Shape;
}
