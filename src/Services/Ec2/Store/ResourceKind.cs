using Fogbank.Contracts;
using Fogbank.Services.Ec2.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ec2.Store;

/// <summary>A kind of resource: what its ids look like, where it is kept and how its absence is told.</summary>
/// <param name="Prefix">What its ids begin with: <c>subnet-</c>.</param>
/// <param name="Type">Its name among types of resources: <c>subnet</c>.</param>
/// <param name="Words">As errors name it: "subnet ID".</param>
/// <param name="Missing">The code where there is none of an id.</param>
/// <param name="Malformed">The code where the id is none of this kind; null where AWS says only that it does not exist.</param>
/// <param name="Table">Key: account, region, id.</param>
internal sealed record ResourceKind<T>(string Prefix, string Type, string Words, ErrorCode Missing, ErrorCode? Malformed, Table<T> Table)
    where T : ResourceRecord
{
    /// <exception cref="AwsException">It is no id of this kind.</exception>
    internal string Check(string id) =>
        Malformed is { } code && !id.StartsWith(Prefix, StringComparison.Ordinal) ? throw Ec2Errors.Malformed(code, id, Prefix) : id;

    internal AwsException NotFound(params IReadOnlyList<string> ids) => Ec2Errors.NotFound(Missing, Words, ids);

    internal string NewId(IIdSource ids) => Prefix + ids.NewHex(17);
}
