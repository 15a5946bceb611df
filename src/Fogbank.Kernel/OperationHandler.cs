using Fogbank.Contracts;

namespace Fogbank.Kernel;

/// <summary>An implemented operation without its types: what the front door works with.</summary>
public abstract class OperationHandler(OperationSchema operation)
{
    public OperationSchema Operation { get; } = operation;

    /// <summary>Decodes a request. The reader's violations tell whether it may be handled.</summary>
    public abstract Shape Read(ShapeReader reader);

    /// <summary>Handles a request made by <see cref="Read"/>.</summary>
    public abstract ValueTask<Shape> HandleAsync(
        Shape request, IServiceProvider services, RequestContext context, CancellationToken cancellationToken);
}

/// <inheritdoc/>
public sealed class OperationHandler<TRequest, TResponse>(
    OperationSchema operation, Func<IServiceProvider, IOperation<TRequest, TResponse>> factory) : OperationHandler(operation)
    where TRequest : Shape, IShape<TRequest>, IRequest<TResponse>
    where TResponse : Shape
{
    private IOperation<TRequest, TResponse>? _instance;

    public override Shape Read(ShapeReader reader) => TRequest.Read(reader);

    public override async ValueTask<Shape> HandleAsync(
        Shape request, IServiceProvider services, RequestContext context, CancellationToken cancellationToken)
    {
        // Two first calls at once may make two instances; operations hold no state, so the loser is simply dropped.
        var instance = _instance ??= factory(services);
        return await instance.HandleAsync((TRequest)request, context, cancellationToken);
    }
}
