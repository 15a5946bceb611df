using System.Diagnostics.CodeAnalysis;
using Fogbank.Contracts;

namespace Fogbank.Kernel;

/// <summary>What this region can do. Filled once by the modules' generated tables, then only read.</summary>
public sealed class OperationRegistry
{
    private readonly Dictionary<OperationKey, OperationHandler> _handlers = [];

    private readonly record struct OperationKey(Api Api, int Index);

    public IEnumerable<OperationHandler> Handlers => _handlers.Values;

    /// <summary>Adds a handler. Two for one operation are a mistake of the program and stop it.</summary>
    public void Add<TRequest, TResponse>(
        Operation<TRequest, TResponse> operation, Func<IServiceProvider, IOperation<TRequest, TResponse>> factory)
        where TRequest : Shape, IShape<TRequest>, IRequest<TResponse>
        where TResponse : Shape
    {
        var schema = operation.Schema;
        if (!_handlers.TryAdd(new(schema.Api, schema.Index), new OperationHandler<TRequest, TResponse>(schema, factory)))
        {
            throw new InvalidOperationException($"{schema} has two handlers.");
        }
    }

    /// <summary>The handler of an operation; false where Fogbank does not implement it.</summary>
    public bool TryFind(OperationSchema operation, [NotNullWhen(true)] out OperationHandler? handler)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return _handlers.TryGetValue(new(operation.Api, operation.Index), out handler);
    }
}
