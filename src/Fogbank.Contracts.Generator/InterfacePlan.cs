namespace Fogbank.Contracts.Generator;

/// <summary>An interface to be generated: the type and the name of each property.</summary>
internal sealed class InterfacePlan(string name, List<KeyValuePair<string, string>> properties)
{
    internal string Name { get; } = name;

    internal List<KeyValuePair<string, string>> Properties { get; } = properties;

    internal bool Has(string property) => Properties.Exists(each => each.Key == property);
}
