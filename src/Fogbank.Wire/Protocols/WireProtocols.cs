using Fogbank.Contracts;
using Fogbank.Wire.Ec2;
using Fogbank.Wire.Json;
using Fogbank.Wire.Query;
using Fogbank.Wire.RestJson;
using Fogbank.Wire.Xml;

namespace Fogbank.Wire.Protocols;

/// <summary>The protocols that are built.</summary>
public static class WireProtocols
{
    private static readonly JsonProtocol Json10 = new(WireProtocol.Json10);
    private static readonly JsonProtocol Json11 = new(WireProtocol.Json11);
    private static readonly RestJsonProtocol RestJson = new();
    private static readonly QueryProtocol Query = new();
    private static readonly Ec2Protocol Ec2 = new();
    private static readonly RestXmlProtocol RestXml = new();

    /// <summary>The codec of <paramref name="protocol"/>; null for those that are not built yet (rpc-v2-cbor).</summary>
    public static IProtocol? Find(WireProtocol protocol) => protocol switch
    {
        WireProtocol.Json10 => Json10,
        WireProtocol.Json11 => Json11,
        WireProtocol.RestJson => RestJson,
        WireProtocol.Query => Query,
        WireProtocol.Ec2 => Ec2,
        WireProtocol.RestXml => RestXml,
        _ => null,
    };
}
