using Fogbank.Services.Ec2.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ec2.Store;

/// <summary>Which addresses of a subnet are taken. An address has one owner at a time.</summary>
internal static class AddressBook
{
    private const int FirstUsable = 4;
    private const int PageSize = 512;

    /// <summary>Takes addresses for an interface: those that are wanted, and then any.</summary>
    /// <param name="wanted">The first of them, in their order.</param>
    /// <param name="count">How many in all; at least as many as are wanted.</param>
    internal static IReadOnlyList<string> Take(
        Ec2Transaction transaction, SubnetRecord subnet, string interfaceId, IReadOnlyList<string> wanted, int count)
    {
        var range = Cidr.Parse(subnet.CidrBlock);
        if (range.Size - Ec2Limits.ReservedAddresses - subnet.Used < count)
        {
            throw Ec2Errors.SubnetFull();
        }

        var taken = new List<uint>();
        foreach (var text in wanted)
        {
            var address = Check(text, range);
            if (transaction.Inner.Get(Ec2Schema.Addresses, KeyOf(transaction.Scope, subnet.Id, address)).Value is not null)
            {
                throw Ec2Errors.AddressInUse(text);
            }

            Put(transaction, subnet.Id, address, interfaceId);
            taken.Add(address);
        }

        var cursor = subnet.Cursor;
        while (taken.Count < count)
        {
            var address = NextFree(transaction, subnet.Id, range, cursor);
            Put(transaction, subnet.Id, address, interfaceId);
            taken.Add(address);
            cursor = address;
        }

        transaction.Put(Kinds.Subnet, subnet with { Used = subnet.Used + taken.Count, Cursor = cursor });
        return taken.ConvertAll(Cidr.Text);
    }

    /// <summary>Gives an interface's addresses back.</summary>
    internal static void Release(Ec2Transaction transaction, InterfaceRecord card)
    {
        var released = 0;
        foreach (var text in card.Addresses)
        {
            var address = Cidr.Parse($"{text}/32").First;
            released += transaction.Inner.Delete(Ec2Schema.Addresses, KeyOf(transaction.Scope, card.SubnetId, address)) ? 1 : 0;
        }

        if (transaction.Find(Kinds.Subnet, card.SubnetId) is { } subnet)
        {
            transaction.Put(Kinds.Subnet, subnet with { Used = subnet.Used - released });
        }
    }

    private static uint Check(string text, Cidr range)
    {
        if (!Cidr.TryParseAddress(text, out var address))
        {
            throw Ec2Errors.NoAddress(text);
        }

        return !range.Contains(address) ? throw Ec2Errors.AddressOutside(text)
            : address - range.First < FirstUsable || address == range.Last ? throw Ec2Errors.AddressReserved(text)
            : address;
    }

    /// <summary>The first free address behind the cursor, round the end of the subnet. There is one.</summary>
    private static uint NextFree(Ec2Transaction transaction, string subnetId, Cidr range, long cursor)
    {
        var first = range.First + FirstUsable;
        var end = range.Last;
        var start = cursor >= first && cursor + 1 < end ? (uint)(cursor + 1) : first;
        return FindGap(transaction, subnetId, start, end) ?? FindGap(transaction, subnetId, first, start) ?? throw Ec2Errors.SubnetFull();
    }

    /// <summary>The first address from <paramref name="from"/> on, before <paramref name="end"/>, that nobody has; reads the taken ones in their order.</summary>
    private static uint? FindGap(Ec2Transaction transaction, string subnetId, uint from, uint end)
    {
        var under = StoreKey.Of(transaction.Scope, subnetId);
        var candidate = from;
        while (candidate < end)
        {
            var range = KeyRange.Under(under).StartAt(KeyOf(transaction.Scope, subnetId, candidate)).EndBefore(KeyOf(transaction.Scope, subnetId, end));
            var page = transaction.Inner.Scan(Ec2Schema.Addresses, range, PageSize);
            foreach (var entry in page.Items)
            {
                if (entry.Key.Part(3).Integer != candidate)
                {
                    return candidate;
                }

                candidate++;
            }

            if (page.Next is null)
            {
                return candidate < end ? candidate : null;
            }
        }

        return null;
    }

    private static void Put(Ec2Transaction transaction, string subnetId, uint address, string interfaceId) =>
        transaction.Inner.Put(Ec2Schema.Addresses, KeyOf(transaction.Scope, subnetId, address), new AddressRecord(interfaceId));

    private static StoreKey KeyOf(Scope scope, string subnetId, uint address) => StoreKey.Of(scope, subnetId, (long)address);
}
