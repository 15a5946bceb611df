using System.Net;
using Fogbank.Kernel;

namespace Fogbank.Wire.Dns;

/// <summary>The names that Fogbank answers by itself.</summary>
internal static class OwnNames
{
    private static readonly byte[] Loopback = [127, 0, 0, 1];

    /// <summary>
    /// The answer to a query about such a name; null for all others. The region is at 127.0.0.1 inside of every workload, under the names
    /// of AWS too, so that a client that was told no endpoint does not carry a workload's keys to the real AWS.
    /// </summary>
    internal static byte[]? TryAnswer(ReadOnlySpan<byte> query, DnsQuestion question, NetworkNames names)
    {
        if (IsUnder(question.Name, "localhost") || IsUnder(question.Name, "amazonaws.com") || IsUnder(question.Name, "localhost.localstack.cloud"))
        {
            return DnsMessage.Answer(query, question, DnsMessage.TypeA, Loopback);
        }
        if (IsUnder(question.Name, names.Domain))
        {
            var label = question.Name.Length > names.Domain.Length ? question.Name[..^(names.Domain.Length + 1)] : "";
            return DnsMessage.AddressOfLabel(label) is { } address && names.Range.Contains(address)
                ? DnsMessage.Answer(query, question, DnsMessage.TypeA, address.GetAddressBytes())
                : DnsMessage.NoSuchName(query);
        }
        if (DnsMessage.AddressOfReverse(question.Name) is { } reversed && names.Range.Contains(reversed))
        {
            return DnsMessage.Answer(query, question, DnsMessage.TypePtr, DnsMessage.Encode(NameOf(reversed, names)));
        }
        return null;
    }

    internal static string NameOf(IPAddress address, NetworkNames names) =>
        "ip-" + address.ToString().Replace('.', '-') + "." + names.Domain;

    private static bool IsUnder(string name, string domain) =>
        name == domain || (name.EndsWith(domain, StringComparison.Ordinal) && name[^(domain.Length + 1)] == '.');
}
