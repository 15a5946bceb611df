using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>
/// Interfaces in the address range of a default VPC, out of a table of ECS's own: until EC2 keeps the books, every subnet that a task names is
/// taken to be one of the default VPC's.
/// </summary>
internal sealed class DefaultVpcNetworks(EcsStore store) : ITaskNetworks
{
    private const uint First = (172u << 24) | (31u << 16);
    private const int SubnetBits = 20;
    private const uint SubnetSize = 1u << (32 - SubnetBits);
    private const uint Subnets = 6;

    public async ValueTask<TaskInterface> AttachAsync(TaskRecord task, CancellationToken cancellationToken)
    {
        var subnetId = task.Network.SubnetIds[0];
        var subnet = Hash(subnetId) % Subnets;
        var hash = Hash(task.Id);
        var address = await store.Database.WriteAsync(
            transaction =>
            {
                // As on AWS the first four addresses and the last one are not given away.
                const uint Usable = SubnetSize - 5;
                for (var i = 0u; i < Usable; i++)
                {
                    var candidate = First + (subnet * SubnetSize) + 4 + ((hash + i) % Usable);
                    var key = KeyOf(task, candidate);
                    var owner = transaction.Get(EcsSchema.Addresses, key).Value;
                    if (owner is null)
                    {
                        transaction.Put(EcsSchema.Addresses, key, new AddressRecord(task.Id));
                        return candidate;
                    }

                    if (owner.TaskId == task.Id)
                    {
                        return candidate;
                    }
                }

                return 0u;
            },
            cancellationToken);
        if (address == 0)
        {
            throw new TaskFailure($"Unexpected EC2 error while attempting to Create Network Interface in subnet '{subnetId}': InsufficientFreeAddressesInSubnet");
        }

        var ip = Text(address);
        var bytes = Bytes(address);
        var digits = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{task.AccountId}/{task.Region}")));
        return new()
        {
            Id = $"eni-{task.Id[..17]}",
            VpcId = $"vpc-{digits[..17]}",
            SubnetId = subnetId,
            AvailabilityZone = string.Create(CultureInfo.InvariantCulture, $"{task.Region}{(char)('a' + (subnet % 3))}"),
            MacAddress = $"02:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(task.Id)).AsSpan(0, 1))}:{string.Join(':', bytes.Select(part => part.ToString("x2", CultureInfo.InvariantCulture)))}",
            PrivateIp = ip,
            PrivateDnsName = $"ip-{ip.Replace('.', '-')}.{(task.Region == "us-east-1" ? "ec2.internal" : $"{task.Region}.compute.internal")}",
            VpcRange = "172.31.0.0/16",
            SubnetRange = string.Create(CultureInfo.InvariantCulture, $"{Text(First + (subnet * SubnetSize))}/{SubnetBits}"),
            Gateway = Text(First + (subnet * SubnetSize) + 1),
            Network = $"vpc-{digits[..17]}",
        };
    }

    public async ValueTask DetachAsync(TaskRecord task, CancellationToken cancellationToken)
    {
        if (task.Network.Interface is { } given)
        {
            await store.Database.WriteAsync(
                transaction =>
                {
                    var key = KeyOf(task, BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(given.PrivateIp).GetAddressBytes()));
                    if (transaction.Get(EcsSchema.Addresses, key).Value?.TaskId == task.Id)
                    {
                        transaction.Delete(EcsSchema.Addresses, key);
                    }
                },
                cancellationToken);
        }
    }

    private static StoreKey KeyOf(TaskRecord task, uint address) => StoreKey.Of(task.Scope, (long)address);

    private static uint Hash(string text) => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static byte[] Bytes(uint address)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return bytes;
    }

    private static string Text(uint address) => new IPAddress(Bytes(address)).ToString();
}
