namespace Fogbank.Contracts.Generator;

/// <summary>One class to be generated: an operation's request or response, or a structure that stands below one.</summary>
internal sealed class ClassPlan(string name, ShapeModel? shape)
{
    internal string Name { get; } = name;

    /// <summary>The model's structure; null where the operation has none and the type is made up.</summary>
    internal ShapeModel? Shape { get; } = shape;

    internal bool IsRead { get; set; }

    internal bool IsWritten { get; set; }

    /// <summary>The operation whose request this is.</summary>
    internal OperationModel? RequestOf { get; set; }

    /// <summary>The class of the same structure that this one shares its schema with and can be made from.</summary>
    internal ClassPlan? Twin { get; set; }

    /// <summary>What the model says of the root element of a request's XML body; null where nothing.</summary>
    internal string? XmlRoot { get; set; }

    internal string? XmlNamespace { get; set; }

    /// <summary>The interfaces that this class has, in the overlay's order.</summary>
    internal List<InterfacePlan> Interfaces { get; } = [];
}
