namespace Fogbank.Wire.Hosting;

/// <summary>Settings of the front door.</summary>
public sealed record RegionServerOptions
{
    /// <summary>Default <see cref="AuthMode.Open"/>.</summary>
    public AuthMode Auth { get; init; } = AuthMode.Open;

    /// <summary>
    /// A domain under which the region is reached by name, beside <c>localhost</c>: <c>&lt;bucket&gt;.s3.&lt;domain&gt;</c>. Null for none.
    /// </summary>
    public string? BaseDomain { get; init; }

    /// <summary>Further host names that requests may carry, exact or as <c>*.example.com</c>. Default none.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>
    /// Origins of web pages that may call the region from a browser: <c>http://localhost:3000</c>; <c>*</c> lets every page in, which lets
    /// any site that is visited run code here. Default none.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>How long a stop waits for requests under way. Default 5 s.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How this region runs, as the health page tells it: isolation, durability, data folder. Names in camel case.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>The program's version, as the health pages tell it.</summary>
    public string Version { get; init; } = "0.0.0";
}
