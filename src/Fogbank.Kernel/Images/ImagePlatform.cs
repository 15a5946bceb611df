namespace Fogbank.Kernel.Images;

/// <summary>An operating system and a processor architecture in the words of the OCI image specification (<c>linux</c>, <c>amd64</c>, <c>arm64</c>).</summary>
/// <param name="Os">Operating system.</param>
/// <param name="Architecture">Architecture as Go names it.</param>
public sealed record ImagePlatform(string Os, string Architecture)
{
    /// <summary>In the form <c>linux/amd64</c>.</summary>
    public override string ToString() => $"{Os}/{Architecture}";
}
