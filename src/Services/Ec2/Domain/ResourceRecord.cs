namespace Fogbank.Services.Ec2.Domain;

/// <summary>What all resources of EC2 have.</summary>
internal abstract record ResourceRecord
{
    internal static readonly IReadOnlyDictionary<string, string> NoTags = new Dictionary<string, string>();

    /// <summary>As AWS makes them: a prefix and 17 hexadecimal digits.</summary>
    public required string Id { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = NoTags;
}
