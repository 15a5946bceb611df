namespace Fogbank.Contracts.Generator;

/// <summary>
/// Decides which classes an API needs, what they are called and in which directions they work. Requests are read, responses are written,
/// what stands below them likewise; a structure that one response shares with others also gets a class under its own name, from which each
/// response can be made.
/// </summary>
internal sealed class ClassPlanner
{
    /// <summary>What a list or a map refers to other shapes by.</summary>
    private static readonly string[] s_parts = ["item", "key", "value"];

    private readonly ContractModel _contract;
    private readonly Dictionary<string, ClassPlan> _operationClasses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClassPlan> _structures = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken;

    private ClassPlanner(ContractModel contract)
    {
        _contract = contract;
        _taken = new HashSet<string>(StringComparer.Ordinal)
        {
            contract.Prefix + "Api", contract.Prefix + "Operations", contract.Prefix + "ErrorCodes",
        };
    }

    internal List<ClassPlan> Classes { get; } = [];

    /// <summary>Names that generated classes bear; enumerations give way to them.</summary>
    internal HashSet<string> TakenNames => _taken;

    internal static ClassPlanner Plan(ContractModel contract)
    {
        var planner = new ClassPlanner(contract);
        planner.AddOperations();
        planner.AddStructures();
        planner.PairTwins();
        return planner;
    }

    /// <summary>The class that stands for a structure where it is a member.</summary>
    internal ClassPlan ForStructure(string shape) => _structures[shape];

    private void AddOperations()
    {
        foreach (var operation in _contract.Operations)
        {
            var isClient = _contract.Client.Contains(operation.Name);
            AddOperationClass(operation.Name + "Request", operation.Input, isRead: true, isWritten: isClient, operation);
            AddOperationClass(operation.Name + "Response", operation.Output, isRead: isClient, isWritten: true, null);
        }
    }

    private void AddOperationClass(string name, string? shape, bool isRead, bool isWritten, OperationModel? requestOf)
    {
        if (!_taken.Add(name))
        {
            throw new FormatException($"two classes would be called {name}");
        }

        var plan = new ClassPlan(name, shape is null ? null : _contract.Shape(shape))
        {
            IsRead = isRead,
            IsWritten = isWritten,
            RequestOf = requestOf,
            XmlRoot = requestOf?.Facts.String("inputXmlRoot"),
            XmlNamespace = requestOf?.Facts.String("inputXmlNamespace"),
        };
        _operationClasses.Add(name, plan);
        Classes.Add(plan);
    }

    private void AddStructures()
    {
        foreach (var plan in Classes.ToList())
        {
            if (plan.Shape is not null)
            {
                AddBelow(plan.Shape, plan.IsRead, plan.IsWritten);
            }
        }

        var shared = Classes.Where(plan => plan.Shape is not null && plan.RequestOf is null)
            .GroupBy(plan => plan.Shape!.Name, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any())
            .ToList();
        foreach (var group in shared)
        {
            Add(group.First().Shape!, group.Any(plan => plan.IsRead), isWritten: true);
        }

        foreach (var name in _contract.Both)
        {
            Add(_contract.Shape(name), isRead: true, isWritten: true);
        }
    }

    private void AddBelow(ShapeModel shape, bool isRead, bool isWritten)
    {
        foreach (var reference in shape.IsStructure
            ? shape.Members
            : s_parts.Where(part => !shape.Facts[part].IsNull).Select(part => new MemberModel(part, shape.Facts[part])))
        {
            var target = _contract.Shape(reference.Shape);
            if (target.IsEventStream)
            {
                continue;
            }

            if (target.IsStructure)
            {
                Add(target, isRead, isWritten);
            }
            else if (target.Type is "list" or "map")
            {
                AddBelow(target, isRead, isWritten);
            }
        }
    }

    private void Add(ShapeModel shape, bool isRead, bool isWritten)
    {
        if (!_structures.TryGetValue(shape.Name, out var plan))
        {
            plan = ClassFor(shape);
            _structures.Add(shape.Name, plan);
        }
        else if ((plan.IsRead || !isRead) && (plan.IsWritten || !isWritten))
        {
            return;
        }

        plan.IsRead |= isRead;
        plan.IsWritten |= isWritten;
        AddBelow(shape, isRead, isWritten);
    }

    private ClassPlan ClassFor(ShapeModel shape)
    {
        var name = Names.Pascal(shape.Name);
        if (_operationClasses.TryGetValue(name, out var existing) && existing.Shape == shape)
        {
            return existing;
        }

        if (!_taken.Add(name))
        {
            name = Names.Unique(name + "Shape", _taken);
        }

        var plan = new ClassPlan(name, shape);
        Classes.Add(plan);
        return plan;
    }

    private void PairTwins()
    {
        foreach (var plan in _operationClasses.Values)
        {
            // A schema that is only written holds no constraints, so a request cannot share it.
            if (plan.Shape is not null && plan.XmlRoot is null
                && _structures.TryGetValue(plan.Shape.Name, out var twin) && twin != plan && (twin.IsRead || plan.RequestOf is null))
            {
                plan.Twin = twin;
            }
        }
    }
}
