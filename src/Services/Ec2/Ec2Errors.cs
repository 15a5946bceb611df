using System.Globalization;
using Fogbank.Contracts;
using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2;

/// <summary>The errors of EC2, in AWS's words.</summary>
internal static class Ec2Errors
{
    internal static AwsException DryRun() => new(Ec2ErrorCodes.DryRunOperation, "Request would have succeeded, but DryRun flag is set.");

    internal static AwsException NotFound(ErrorCode code, string words, IReadOnlyList<string> ids) => new(
        code,
        ids.Count == 1 ? $"The {words} '{ids[0]}' does not exist" : $"The {words}s '{string.Join(", ", ids)}' do not exist");

    internal static AwsException Malformed(ErrorCode code, string id, string prefix) => new(code, $"Invalid id: \"{id}\" (expecting \"{prefix}...\")");

    internal static AwsException Invalid(string message) => new(Ec2ErrorCodes.InvalidParameterValue, message);

    internal static AwsException InvalidValue(string value, string parameter, string why) =>
        Invalid($"Value ({value}) for parameter {parameter} is invalid. {why}");

    internal static AwsException Missing(string parameter) =>
        new(Ec2ErrorCodes.MissingParameter, $"The request must contain the parameter {parameter}");

    internal static AwsException Combination(string one, string other) =>
        new(Ec2ErrorCodes.InvalidParameterCombination, $"The parameter {one} cannot be used with the parameter {other}");

    internal static AwsException BadToken() => new(Ec2ErrorCodes.InvalidNextToken, "The specified NextToken is not valid.");

    internal static AwsException UnknownFilter(string name) => Invalid($"The filter '{name}' is invalid");

    internal static AwsException TooManyFilterValues() => new(
        Ec2ErrorCodes.FilterLimitExceeded, "The maximum number of filter values specified on a single call is 200");

    internal static AwsException NotSupported(string setting) => CommonErrors.SettingNotSupported(Ec2ErrorCodes.UnsupportedOperation, setting);

    internal static AwsException TokenReused() => new(
        Ec2ErrorCodes.IdempotentParameterMismatch, "The client token you have provided is associated with different request parameters.");

    // VPCs and subnets
    internal static AwsException NotACidr(string value, string parameter) => InvalidValue(value, parameter, "This is not a valid CIDR block.");

    internal static AwsException VpcRange(string cidr) => new(Ec2ErrorCodes.InvalidVpcRange, $"The CIDR '{cidr}' is invalid.");

    internal static AwsException SubnetRange(string cidr) => new(Ec2ErrorCodes.InvalidSubnetRange, $"The CIDR '{cidr}' is invalid.");

    internal static AwsException SubnetConflict(string cidr) =>
        new(Ec2ErrorCodes.InvalidSubnetConflict, $"The CIDR '{cidr}' conflicts with another subnet");

    internal static AwsException HasDependencies(string what, string id) =>
        new(Ec2ErrorCodes.DependencyViolation, $"The {what} '{id}' has dependencies and cannot be deleted.");

    internal static AwsException DefaultVpcExists() =>
        new(Ec2ErrorCodes.DefaultVpcAlreadyExists, "A Default VPC already exists for this account in this region.");

    internal static AwsException NoDefaultVpc() => new(Ec2ErrorCodes.VpcIdNotSpecified, "No default VPC for this user");

    internal static AwsException UnknownZone(string zone, string region) => InvalidValue(
        zone,
        "availabilityZone",
        $"Subnets can currently only be created in the following availability zones: {string.Join(", ", Enumerable.Range(0, Zones.Count).Select(index => Zones.Name(region, index)))}.");

    // Interfaces
    internal static AwsException SubnetFull() => new(
        Ec2ErrorCodes.InsufficientFreeAddressesInSubnet, "The specified subnet does not have enough free addresses to satisfy the request.");

    internal static AwsException AddressInUse(string address) => new(Ec2ErrorCodes.InvalidIpAddressInUse, $"Address {address} is in use.");

    internal static AwsException AddressOutside(string address) => Invalid($"Address {address} does not fall within the subnet's address range");

    internal static AwsException AddressReserved(string address) => Invalid($"Address {address} is in subnet's reserved address range");

    internal static AwsException NoAddress(string address) => InvalidValue(address, "privateIpAddress", "This is not a valid IPv4 address.");

    internal static AwsException TooManyAddresses() => new(
        Ec2ErrorCodes.PrivateIpAddressLimitExceeded,
        string.Create(CultureInfo.InvariantCulture, $"The number of private IP addresses exceeds the limit of {Ec2Limits.AddressesPerInterface}."));

    internal static AwsException InterfaceInUse(string id) => Invalid($"Network interface '{id}' is currently in use.");

    internal static AwsException NotYours() => new(Ec2ErrorCodes.OperationNotPermitted, "You do not have permission to access the specified resource.");

    internal static AwsException OtherNetwork() =>
        new(Ec2ErrorCodes.InvalidParameter, "You have specified two resources that belong to different networks.");

    internal static AwsException TooManyGroups() => new(
        Ec2ErrorCodes.SecurityGroupsPerInterfaceLimitExceeded, "The maximum number of security groups per interface has been reached.");

    // Security groups
    internal static AwsException GroupExists(string name, string vpcId) =>
        new(Ec2ErrorCodes.InvalidGroupDuplicate, $"The security group '{name}' already exists for VPC '{vpcId}'");

    internal static AwsException NoSuchGroupName(string name, string vpcId) =>
        new(Ec2ErrorCodes.InvalidGroupNotFound, $"The security group '{name}' does not exist in VPC '{vpcId}'");

    internal static AwsException DefaultGroup(GroupRecord group) =>
        new(Ec2ErrorCodes.CannotDelete, $"the specified group: \"{group.Id}\" name: \"{group.Name}\" cannot be deleted by a user");

    internal static AwsException GroupInUse(string id) => new(Ec2ErrorCodes.DependencyViolation, $"resource {id} has a dependent object");

    internal static AwsException RuleExists(RuleRecord rule) =>
        new(Ec2ErrorCodes.InvalidPermissionDuplicate, $"the specified rule \"{rule}\" already exists");

    internal static AwsException NoSuchRule() =>
        new(Ec2ErrorCodes.InvalidPermissionNotFound, "The specified rule does not exist in this security group.");

    internal static AwsException TooManyRules() => new(
        Ec2ErrorCodes.RulesPerSecurityGroupLimitExceeded, "The maximum number of rules per security group has been reached.");

    // Tags
    internal static AwsException TooManyTags() => new(Ec2ErrorCodes.TagLimitExceeded, "The maximum number of Tags for a resource has been reached.");

    internal static AwsException NotTaggable(string? type) => Invalid($"'{type}' is not a valid taggable resource type for this operation.");

    internal static AwsException NoSuchId(string id) => new(Ec2ErrorCodes.InvalidId, $"The ID '{id}' is not valid");
}
