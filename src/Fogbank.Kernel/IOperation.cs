using Fogbank.Contracts;

namespace Fogbank.Kernel;

/// <summary>Handles one operation. One instance serves all requests, made on the operation's first call.</summary>
public interface IOperation<TRequest, TResponse>
    where TRequest : Shape, IShape<TRequest>, IRequest<TResponse>
    where TResponse : Shape
{
    /// <summary>
    /// Answers a request that the contract has already found valid and that the caller is allowed to make. Errors for the client are
    /// <see cref="AwsException"/>.
    /// </summary>
    ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context, CancellationToken cancellationToken);
}

/// <summary>Puts an <see cref="IOperation{TRequest,TResponse}"/> into its service's generated dispatch table.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OperationAttribute : Attribute;
