namespace Fogbank.Engines;

/// <summary>What happens to a workload or group when its region ends.</summary>
public enum Lifetime
{
    /// <summary>It dies with its region, also when that is killed, and with the engine's own processes.</summary>
    Ephemeral,

    /// <summary>It goes on and is found again by its id (<see cref="IEngine.FindGroupAsync"/>), unless no region comes back within the
    /// driver's orphan grace: then it is stopped.</summary>
    Durable,
}
