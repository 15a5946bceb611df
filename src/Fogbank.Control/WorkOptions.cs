namespace Fogbank.Control;

/// <summary>How one kind of due work is run.</summary>
public sealed record WorkOptions
{
    /// <summary>Passes side by side, each for another key.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>The wait after a first failure; it doubles with each further one, up to <see cref="MaxBackoff"/>, and up to half of it is taken off at random.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A pass that takes longer is cancelled and counts as failed. Null: never.</summary>
    public TimeSpan? PassTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
