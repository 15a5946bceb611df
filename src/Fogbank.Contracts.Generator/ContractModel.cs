namespace Fogbank.Contracts.Generator;

/// <summary>One contract, read and with its overlay applied.</summary>
internal sealed class ContractModel
{
    internal ContractModel(string name, JsonNode root)
    {
        Name = name;
        Prefix = Names.Pascal(name);
        Api = root["api"];
        Operations = root["operations"].Members.ConvertAll(member => new OperationModel(member.Key, member.Value));
        Shapes = root["shapes"].Members.ToDictionary(member => member.Key, member => new ShapeModel(member.Key, member.Value), StringComparer.Ordinal);
        Others = root["others"].Items.ConvertAll(item => item.Text);
        Client = [.. root["client"].Items.Select(item => item.Text)];
        Interfaces = root["interfaces"].Members.ConvertAll(member => new InterfaceModel(member.Key, member.Value));
        Both = [.. root["both"].Items.Select(item => item.Text)];
    }

    internal string Name { get; }

    /// <summary>What the names of the API's classes begin with, and its namespace ends with.</summary>
    internal string Prefix { get; }

    internal JsonNode Api { get; }

    internal List<OperationModel> Operations { get; }

    /// <summary>Operations that the API has and the contract leaves out, by name.</summary>
    internal List<string> Others { get; }

    internal Dictionary<string, ShapeModel> Shapes { get; }

    /// <summary>Operations that Fogbank itself calls: their inputs are also written, their outputs also read.</summary>
    internal HashSet<string> Client { get; }

    /// <summary>Structures that are both read and written wherever they stand.</summary>
    internal HashSet<string> Both { get; }

    internal List<InterfaceModel> Interfaces { get; }

    internal ShapeModel Shape(string name) =>
        Shapes.TryGetValue(name, out var shape) ? shape : throw new FormatException($"there is no shape {name}");
}

/// <summary>Members that several classes have in common, so that code can be written once for all of them.</summary>
internal sealed class InterfaceModel(string name, JsonNode facts)
{
    internal string Name { get; } = name;

    /// <summary>Properties, as the classes call them.</summary>
    internal List<string> Members { get; } = facts["members"].Items.ConvertAll(item => item.Text);

    /// <summary>Names of classes; one that begins with a star stands for all that end so and have the members.</summary>
    internal List<string> Of { get; } = facts["of"].Items.ConvertAll(item => item.Text);
}

internal sealed class OperationModel(string name, JsonNode facts)
{
    internal string Name { get; } = name;

    internal string? Input { get; } = facts.String("input");

    internal string? Output { get; } = facts.String("output");

    internal JsonNode Facts { get; } = facts;
}

/// <summary>One shape: a structure, an error, a collection or a scalar.</summary>
internal sealed class ShapeModel
{
    internal ShapeModel(string name, JsonNode facts)
    {
        Name = name;
        Facts = facts;
        Type = facts.String("type") ?? throw new FormatException($"shape {name} has no type");
        Members = facts["members"].Members.ConvertAll(member => new MemberModel(member.Key, member.Value));
    }

    internal string Name { get; }

    internal string Type { get; }

    internal JsonNode Facts { get; }

    internal List<MemberModel> Members { get; }

    internal bool IsStructure => Type == "structure";

    internal bool IsEventStream => Facts.Flag("eventStream");
}

/// <summary>A member of a structure, or the item, key or value of a collection.</summary>
internal sealed class MemberModel(string name, JsonNode facts)
{
    internal string Name { get; } = name;

    internal JsonNode Facts { get; } = facts;

    internal string Shape { get; } = facts.String("shape") ?? throw new FormatException($"member {name} names no shape");

    internal bool IsRequired { get; } = facts.Flag("required");
}
