namespace Fogbank.Control;

/// <summary>What a reconciler wants after a pass.</summary>
public readonly record struct Next
{
    private Next(TimeSpan? delay, long? seenVersion)
    {
        Delay = delay;
        SeenVersion = seenVersion;
    }

    /// <summary>Null: done.</summary>
    internal TimeSpan? Delay { get; }

    internal long? SeenVersion { get; }

    /// <summary>The key is steady (or gone). If its record was written since the pass began, the record's own wake time stands.</summary>
    public static Next Done => default;

    /// <summary>
    /// Look again after a time. If the record was written since the pass began, the wake time of that write stands, so a change by somebody else is never slept over;
    /// a reconciler that writes its record puts the wake time into it, or passes the version that its last write made.
    /// </summary>
    /// <param name="delay">At least zero.</param>
    /// <param name="seenVersion">The version of the record that this pass has taken account of; null: the one at its begin.</param>
    public static Next After(TimeSpan delay, long? seenVersion = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new Next(delay, seenVersion);
    }
}
