using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Store;

/// <summary>Tags of resources of any kind, by their ids.</summary>
internal static class TaggedResources
{
    /// <summary>Changes the tags of one resource.</summary>
    /// <exception cref="AwsException">There is none of that id, or there are no such ids.</exception>
    internal static void Change(
        Ec2Transaction transaction, string id, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change)
    {
        var isKnown = TryChange(transaction, Kinds.Vpc, id, change)
            || TryChange(transaction, Kinds.Subnet, id, change)
            || TryChange(transaction, Kinds.Group, id, change)
            || TryChange(transaction, Kinds.Interface, id, change)
            || TryChange(transaction, Kinds.RouteTable, id, change)
            || TryChange(transaction, Kinds.InternetGateway, id, change)
            || TryChange(transaction, Kinds.NetworkAcl, id, change)
            || TryChange(transaction, Kinds.DhcpOptions, id, change)
            || TryChangeRule(transaction, id, change);
        if (!isKnown)
        {
            throw Ec2Errors.NoSuchId(id);
        }
    }

    internal static async ValueTask<IReadOnlyList<(string Id, string Type, IReadOnlyDictionary<string, string> Tags)>> ListAsync(
        Ec2Store store, Scope scope, CancellationToken cancellationToken)
    {
        var all = new List<(string, string, IReadOnlyDictionary<string, string>)>();
        await AddAsync(Kinds.Vpc);
        await AddAsync(Kinds.Subnet);
        await AddAsync(Kinds.Interface);
        await AddAsync(Kinds.RouteTable);
        await AddAsync(Kinds.InternetGateway);
        await AddAsync(Kinds.NetworkAcl);
        await AddAsync(Kinds.DhcpOptions);
        foreach (var group in await AddAsync(Kinds.Group))
        {
            all.AddRange(group.Rules.Select(rule => (rule.Id, Kinds.RuleType, rule.Tags)));
        }

        return all;

        async ValueTask<IReadOnlyList<T>> AddAsync<T>(ResourceKind<T> kind)
            where T : ResourceRecord
        {
            var records = await store.AllAsync(kind, scope, cancellationToken);
            all.AddRange(records.Select(record => (record.Id, kind.Type, record.Tags)));
            return records;
        }
    }

    private static bool TryChange<T>(
        Ec2Transaction transaction,
        ResourceKind<T> kind,
        string id,
        Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change)
        where T : ResourceRecord
    {
        if (!id.StartsWith(kind.Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var record = transaction.Get(kind, id);
        ResourceRecord changed = record;
        transaction.Put(kind, (T)(changed with { Tags = change(record.Tags) }));
        return true;
    }

    private static bool TryChangeRule(
        Ec2Transaction transaction, string id, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change)
    {
        if (!id.StartsWith(Kinds.RulePrefix, StringComparison.Ordinal))
        {
            return false;
        }

        var group = transaction.All(Kinds.Group).FirstOrDefault(group => group.Rules.Any(rule => rule.Id == id))
            ?? throw Ec2Errors.NotFound(Ec2ErrorCodes.InvalidSecurityGroupRuleIdNotFound, "security group rule ID", [id]);
        transaction.Put(
            Kinds.Group, group with { Rules = [.. group.Rules.Select(rule => rule.Id == id ? rule with { Tags = change(rule.Tags) } : rule)] });
        return true;
    }
}
