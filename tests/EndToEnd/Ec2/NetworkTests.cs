using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Ec2;

public class NetworkTests(SharedRegion region) : ClientTest(region)
{
    [Fact]
    public async Task Every_client_sees_the_same_default_VPC()
    {
        var cli = (await AwsAsync("ec2", "describe-vpcs", "--filters", "Name=is-default,Values=true"))["Vpcs"]!.AsArray();
        var boto = (await BotoAsync("ec2", "describe_vpcs"))["Vpcs"]!.AsArray();
        var node = (await NodeAsync("ec2", "DescribeVpcs"))["Vpcs"]!.AsArray();
        var id = Text(Assert.Single(cli)!["VpcId"]);
        Assert.Equal((id, id), (Text(Assert.Single(boto)!["VpcId"]), Text(Assert.Single(node)!["VpcId"])));
        var zones = (await NodeAsync("ec2", "DescribeSubnets", new { Filters = new[] { new { Name = "vpc-id", Values = new[] { id } } } }))["Subnets"]!.AsArray();
        Assert.Equal([4091, 4091, 4091], zones.Select(zone => zone!["AvailableIpAddressCount"]!.GetValue<int>()));
        Assert.Equal(id, (await AwsTextAsync("ec2", "describe-account-attributes", "--attribute-names", "default-vpc", "--query", "AccountAttributes[0].AttributeValues[0].AttributeValue", "--output", "text")).Trim());
    }

    [Fact]
    public async Task A_network_is_made_used_and_taken_down()
    {
        var vpc = Text((await AwsAsync(
            "ec2", "create-vpc", "--cidr-block", "10.7.0.0/16", "--tag-specifications", "ResourceType=vpc,Tags=[{Key=Name,Value=mine}]"))["Vpc"]!["VpcId"]);
        await AwsTextAsync("ec2", "wait", "vpc-available", "--vpc-ids", vpc);
        var subnet = Text((await BotoAsync("ec2", "create_subnet", new { VpcId = vpc, CidrBlock = "10.7.1.0/28" }))["Subnet"]!["SubnetId"]);
        await AwsTextAsync("ec2", "wait", "subnet-available", "--subnet-ids", subnet);
        var group = Text((await NodeAsync("ec2", "CreateSecurityGroup", new { VpcId = vpc, GroupName = "web", Description = "from outside" }))["GroupId"]);
        await AwsAsync("ec2", "authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "443", "--cidr", "0.0.0.0/0");
        var permission = (await BotoAsync("ec2", "describe_security_groups", new { GroupIds = new[] { group } }))["SecurityGroups"]![0]!["IpPermissions"]![0]!;
        Assert.Equal((443, "0.0.0.0/0"), (permission["FromPort"]!.GetValue<int>(), Text(permission["IpRanges"]![0]!["CidrIp"])));

        var made = (await NodeAsync("ec2", "CreateNetworkInterface", new { SubnetId = subnet, Groups = new[] { group }, ClientToken = "one" }))["NetworkInterface"]!;
        var again = (await BotoAsync("ec2", "create_network_interface", new { SubnetId = subnet, Groups = new[] { group }, ClientToken = "one" }))["NetworkInterface"]!;
        Assert.Equal(("10.7.1.4", Text(made["NetworkInterfaceId"])), (Text(made["PrivateIpAddress"]), Text(again["NetworkInterfaceId"])));
        await AwsTextAsync("ec2", "wait", "network-interface-available", "--network-interface-ids", Text(made["NetworkInterfaceId"]));
        Assert.Contains("(DependencyViolation)", await AwsFailsAsync("ec2", "delete-subnet", "--subnet-id", subnet), StringComparison.Ordinal);
        Assert.Equal("DependencyViolation", (await NodeFailsAsync("ec2", "DeleteSecurityGroup", new { GroupId = group })).Code);

        await BotoAsync("ec2", "delete_network_interface", new { NetworkInterfaceId = Text(made["NetworkInterfaceId"]) });
        await AwsAsync("ec2", "delete-security-group", "--group-id", group);
        await NodeAsync("ec2", "DeleteSubnet", new { SubnetId = subnet });
        await AwsTextAsync("ec2", "delete-vpc", "--vpc-id", vpc);
        Assert.Equal("InvalidVpcID.NotFound", (await BotoFailsAsync("ec2", "describe_vpcs", new { VpcIds = new[] { vpc } })).Code);
    }

    [Fact]
    public async Task Pages_and_tags_are_what_clients_expect()
    {
        var vpc = Text((await BotoAsync("ec2", "create_vpc", new { CidrBlock = "10.8.0.0/16" }))["Vpc"]!["VpcId"]);
        for (var i = 0; i < 7; i++)
        {
            await BotoAsync("ec2", "create_subnet", new { VpcId = vpc, CidrBlock = $"10.8.{i}.0/24" });
        }

        var pages = await NodeAsync("ec2", "page:DescribeSubnets", new { MaxResults = 5 });
        Assert.Equal([5, 5], pages.AsArray().Select(page => page!["Subnets"]!.AsArray().Count));
        var all = await AwsAsync("ec2", "describe-subnets", "--page-size", "5", "--query", "Subnets[].SubnetId");
        Assert.Equal(10, all.AsArray().Select(id => Text(id)).Distinct().Count());
        await AwsAsync("ec2", "create-tags", "--resources", vpc, "--tags", "Key=stage,Value=test");
        var tag = Assert.Single((await NodeAsync("ec2", "DescribeTags", new { Filters = new[] { new { Name = "key", Values = new[] { "st*" } } } }))["Tags"]!.AsArray())!;
        Assert.Equal((vpc, "vpc", "test"), (Text(tag["ResourceId"]), Text(tag["ResourceType"]), Text(tag["Value"])));
    }

    [Fact]
    public async Task Errors_are_read_by_every_client()
    {
        Assert.Equal(
            ("InvalidSubnetID.NotFound", "The subnet ID 'subnet-0' does not exist"),
            Error(await BotoFailsAsync("ec2", "describe_subnets", new { SubnetIds = new[] { "subnet-0" } })));
        Assert.Equal(
            ("DryRunOperation", "Request would have succeeded, but DryRun flag is set."),
            Error(await NodeFailsAsync("ec2", "CreateVpc", new { CidrBlock = "10.0.0.0/16", DryRun = true })));
        Assert.Contains("(InvalidVpc.Range)", await AwsFailsAsync("ec2", "create-vpc", "--cidr-block", "10.0.0.0/8"), StringComparison.Ordinal);
        Assert.Equal("InvalidParameterValue", (await BotoFailsAsync("ec2", "describe_vpcs", new { Filters = new[] { new { Name = "colour", Values = new[] { "red" } } } })).Code);
        Assert.Contains("Fogbank does not implement EC2 RunInstances yet", await AwsFailsAsync("ec2", "run-instances", "--image-id", "ami-1"), StringComparison.Ordinal);
        var unknown = await CurlAsync("-o", "/dev/stdout", "-w", "%{http_code}", $"{Endpoint}?Action=DescribeUnicorns&Version=2016-11-15");
        Assert.Contains("<Response><Errors><Error><Code>InvalidAction</Code>", unknown.Output, StringComparison.Ordinal);
        Assert.EndsWith("400", unknown.Output, StringComparison.Ordinal);
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();

    private static (string, string) Error(ClientException error) => (error.Code, error.Text);
}
