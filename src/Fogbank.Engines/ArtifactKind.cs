namespace Fogbank.Engines;

/// <summary>The form of an artifact's bytes.</summary>
public enum ArtifactKind
{
    /// <summary>A zip archive of files.</summary>
    Zip,
}
