namespace Fogbank.Contracts;

/// <summary>A structure that travels on the wire. Generated, sealed, immutable; see <c>contracts/</c>.</summary>
public abstract class Shape
{
    /// <summary>What the model says of this structure.</summary>
    public abstract ShapeSchema GetSchema();

    /// <summary>
    /// Hands every member that is set to <paramref name="writer"/>, attributes first. Generated only for shapes that stand under an output
    /// (or that a contract lists as sent by Fogbank itself).
    /// </summary>
    public virtual void WriteMembers(ShapeWriter writer) =>
        throw new NotSupportedException($"{GetType().Name} stands under an input only: its contract does not ask for writing.");
}

/// <summary>A structure that can be read from the wire.</summary>
public interface IShape<TSelf>
    where TSelf : Shape, IShape<TSelf>
{
    static abstract ShapeSchema Schema { get; }

    static abstract TSelf Read(ShapeReader reader);
}

/// <summary>The input of an operation that answers with <typeparamref name="TResponse"/>.</summary>
public interface IRequest<TResponse>
    where TResponse : Shape
{
    /// <summary>The operation this request is for.</summary>
    OperationSchema Operation { get; }
}
