namespace Fogbank.Store;

/// <summary>What an acknowledged write survives.</summary>
public enum Durability
{
    /// <summary>The death of the process (<c>kill -9</c>), not of the machine.</summary>
    Process,

    /// <summary>A power cut: it is on the disk before it is acknowledged.</summary>
    Power,
}
