using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Contracts.Ec2;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>Interfaces of tasks, made by EC2: where they can be seen, and where their addresses are kept.</summary>
internal sealed class Ec2Networks(IRegion region) : ITaskNetworks
{
    public async ValueTask<TaskInterface> AttachAsync(TaskRecord task, CancellationToken cancellationToken)
    {
        var subnetId = SubnetOf(task);
        try
        {
            // The token follows from the task: EC2 answers a repetition with the interface that it made before.
            var made = (await region.SendAsync(
                new CreateNetworkInterfaceRequest
                {
                    SubnetId = subnetId,
                    Groups = task.Network.SecurityGroupIds,
                    Description = Description(task),
                    ClientToken = task.Id,
                },
                Self(task),
                task.Scope,
                task.Id,
                cancellationToken)).NetworkInterface!;
            var vpc = (await region.SendAsync(new DescribeVpcsRequest { VpcIds = [made.VpcId!] }, Self(task), task.Scope, null, cancellationToken)).Vpcs![0];
            var subnet = (await region.SendAsync(new DescribeSubnetsRequest { SubnetIds = [subnetId] }, Self(task), task.Scope, null, cancellationToken)).Subnets![0];
            return new()
            {
                Id = made.NetworkInterfaceId!,
                VpcId = made.VpcId!,
                SubnetId = subnetId,
                AvailabilityZone = made.AvailabilityZone!,
                MacAddress = made.MacAddress!,
                PrivateIp = made.PrivateIpAddress!,
                PrivateDnsName = made.PrivateDnsName ?? "",
                VpcRange = vpc.CidrBlock!,
                SubnetRange = subnet.CidrBlock!,
                Gateway = TaskInterface.GatewayOf(subnet.CidrBlock!),
                Network = made.VpcId!,
            };
        }
        catch (AwsException refusal)
        {
            var publicAddress = task.Network.AssignPublicIp ? "enabled" : "disabled";
            throw new TaskFailure(
                $"Unexpected EC2 error while attempting to Create Network Interface with public IP assignment {publicAddress} in subnet '{subnetId}': {refusal.Code.XmlCode}",
                refusal);
        }
    }

    public async ValueTask DetachAsync(TaskRecord task, CancellationToken cancellationToken)
    {
        foreach (var id in task.Network.Interface is { } known ? [known.Id] : await FindAsync(task, cancellationToken))
        {
            try
            {
                await region.SendAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = id }, Self(task), task.Scope, null, cancellationToken);
            }
            catch (AwsException gone) when (gone.Code == Ec2ErrorCodes.InvalidNetworkInterfaceIdNotFound)
            {
                // It was deleted before.
            }
        }
    }

    /// <summary>What was made for a task that does not know of it: it was stopped, or the region ended, between the two.</summary>
    private async ValueTask<IReadOnlyList<string>> FindAsync(TaskRecord task, CancellationToken cancellationToken)
    {
        var found = await region.SendAsync(
            new DescribeNetworkInterfacesRequest { Filters = [new() { Name = "description", Values = [Description(task)] }] },
            Self(task),
            task.Scope,
            null,
            cancellationToken);
        return [.. found.NetworkInterfaces!.Select(card => card.NetworkInterfaceId!)];
    }

    /// <summary>Tasks spread over the subnets that were given; a task's choice is always the same.</summary>
    private static string SubnetOf(TaskRecord task)
    {
        var hash = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(task.Id)));
        return task.Network.SubnetIds[(int)(hash % (uint)task.Network.SubnetIds.Count)];
    }

    /// <summary>As AWS has it: by this the interface of an attachment is found.</summary>
    private static string Description(TaskRecord task) => $"arn:aws:ecs:{task.Region}:{task.AccountId}:attachment/{task.Network.AttachmentId}";

    private static Principal Self(TaskRecord task) => Principal.Service(EcsModule.ServiceName, task.AccountId, task.Arn);
}
