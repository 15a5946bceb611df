namespace Fogbank.Store;

/// <summary>A <see cref="Log{T}"/> of whatever record.</summary>
public interface ILog
{
    string Name { get; }
}
