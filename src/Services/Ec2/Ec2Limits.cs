namespace Fogbank.Services.Ec2;

/// <summary>AWS's default quotas, where they are held.</summary>
internal static class Ec2Limits
{
    internal const int Tags = 50;
    internal const int TagKeyLength = 128;
    internal const int TagValueLength = 256;
    internal const int RulesPerDirection = 60;
    internal const int GroupsPerInterface = 5;

    /// <summary>What the largest machine may have; no machine of Fogbank has less.</summary>
    internal const int AddressesPerInterface = 50;

    internal const int FilterValues = 200;
    internal const int DescriptionLength = 255;

    /// <summary>As AWS: the first four addresses of a subnet and its last one are not given away.</summary>
    internal const int ReservedAddresses = 5;
}
