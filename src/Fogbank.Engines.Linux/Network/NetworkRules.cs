using System.Net.Sockets;

namespace Fogbank.Engines.Linux.Network;

/// <summary>What a place in a network must keep to before anything of it reaches the kernel.</summary>
internal static class NetworkRules
{
    internal static void Check(NetworkSpec spec)
    {
        Require(spec.Network.Length is > 0 and <= 64 && spec.Network.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'), "its name is not 1 to 64 letters, digits or '-'");
        Require(spec.Range.BaseAddress.AddressFamily == AddressFamily.InterNetwork && spec.Range.PrefixLength >= 8, "its range is not one of IPv4");
        Require(spec.Range.Contains(spec.Address), "the address lies outside its range");
        Require(spec.Range.Contains(spec.Gateway), "the gateway lies outside its range");
        Require(!spec.Address.Equals(spec.Gateway), "the address is the gateway's");
        Require(spec.PrefixLength >= spec.Range.PrefixLength && spec.PrefixLength <= 30, "its subnet is larger than its range or has no room");
        Require(!Addresses.Forbidden.Any(network => Addresses.Overlap(network, spec.Range)), "its range is not for networks");
        Require(spec.MacAddress is null || Addresses.ParseMac(spec.MacAddress) is not null, "its Ethernet address is not one");
        Require(spec.BytesPerSecond is null or >= 1024, "its rate is below 1 KiB/s");
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, $"The workload's network cannot be used: {what}.");
        }
    }
}
