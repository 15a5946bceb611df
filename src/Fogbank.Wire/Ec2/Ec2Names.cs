using Fogbank.Contracts;

namespace Fogbank.Wire.Ec2;

/// <summary>What members are called: in requests other than in answers.</summary>
internal static class Ec2Names
{
    /// <summary>The name in a form: the model's query name, or the name in XML with a capital in front.</summary>
    public static string OnRequest(MemberSchema member) => member.QueryName ?? Capital(member.WireName, char.ToUpperInvariant);

    /// <summary>As error messages name parameters: <c>subnetId</c>.</summary>
    public static string InMessages(string name) => Capital(name, char.ToLowerInvariant);

    private static string Capital(string name, Func<char, char> change) => name.Length == 0 ? name : change(name[0]) + name[1..];
}
