using System.Text.Json.Serialization;
using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Store;

/// <summary>How the records of EC2 become JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(VpcRecord))]
[JsonSerializable(typeof(SubnetRecord))]
[JsonSerializable(typeof(GroupRecord))]
[JsonSerializable(typeof(InterfaceRecord))]
[JsonSerializable(typeof(RouteTableRecord))]
[JsonSerializable(typeof(InternetGatewayRecord))]
[JsonSerializable(typeof(NetworkAclRecord))]
[JsonSerializable(typeof(DhcpOptionsRecord))]
[JsonSerializable(typeof(AccountRecord))]
[JsonSerializable(typeof(AddressRecord))]
[JsonSerializable(typeof(TokenRecord))]
internal sealed partial class Ec2Json : JsonSerializerContext;
