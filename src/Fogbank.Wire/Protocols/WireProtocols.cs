using Fogbank.Contracts;

namespace Fogbank.Wire.Protocols;

/// <summary>The protocols that are built.</summary>
public static class WireProtocols
{
    /// <summary>The codec of <paramref name="protocol"/>; null for those that are not built yet (ec2, rpc-v2-cbor).</summary>
    public static IProtocol? Find(WireProtocol protocol) => protocol switch
    {
        WireProtocol.Ec2 or WireProtocol.RpcV2Cbor => null,
        _ => null,
    };
}
