using System.Text;

namespace Fogbank.Contracts.Generator;

/// <summary>Writes one class: properties, schema, reading constructor, <c>WriteMembers</c>.</summary>
internal sealed class ShapeClassWriter(ContractModel contract, TypeWriter types, SchemaTextWriter schemas)
{
    private const string Root = TypeWriter.Root;
    private const string SetsRequired = "    [global::System.Diagnostics.CodeAnalysis.SetsRequiredMembers]\n";

    /// <summary>What a property must not be called: members of the class itself and those it inherits.</summary>
    private static readonly HashSet<string> s_reserved = new(StringComparer.Ordinal)
    {
        "Schema", "Read", "From", "GetSchema", "WriteMembers", "Equals", "GetHashCode", "GetType", "ToString", "Finalize", "MemberwiseClone",
        "ReferenceEquals",
    };

    internal void Write(StringBuilder text, ClassPlan plan)
    {
        var members = Members(plan);
        CheckRequired(plan, members);
        var properties = PropertyNames(plan, members);
        text.Append("\npublic sealed class ").Append(plan.Name).Append(" : ").Append(Root).Append("Shape");
        text.Append(plan.IsRead ? $", {Root}IShape<{plan.Name}>" : "");
        text.Append(plan.RequestOf is { } operation ? $", {Root}IRequest<{operation.Name}Response>" : "");
        text.Append(string.Concat(plan.Interfaces.Select(each => ", " + each.Name))).Append("\n{\n");
        WriteSchema(text, plan, members);
        for (var i = 0; i < members.Count; i++)
        {
            text.Append("    public ").Append(members[i].IsRequired ? "required " : "").Append(PropertyType(members[i]));
            text.Append(' ').Append(properties[i]).Append(" { get; init; }\n");
        }

        WriteOperation(text, plan, properties);
        WriteConstructors(text, plan, members, properties);
        text.Append("    public override ").Append(Root).Append("ShapeSchema GetSchema() => Schema;\n");
        if (plan.IsWritten)
        {
            WriteMembers(text, members, properties);
        }

        text.Append("}\n");
    }

    /// <summary>The type of each property of a class, by its name.</summary>
    internal Dictionary<string, string> PropertyTypes(ClassPlan plan)
    {
        var members = Members(plan);
        return PropertyNames(plan, members)
            .Select((name, i) => new KeyValuePair<string, string>(name, PropertyType(members[i])))
            .ToDictionary(property => property.Key, property => property.Value, StringComparer.Ordinal);
    }

    private List<MemberModel> Members(ClassPlan plan) =>
        plan.Shape?.Members.FindAll(member => !contract.Shape(member.Shape).IsEventStream) ?? [];

    private static void CheckRequired(ClassPlan plan, List<MemberModel> members)
    {
        if (plan.IsRead && members.FindLastIndex(member => member.IsRequired) >= 64)
        {
            throw new FormatException($"{plan.Name} has a required member past the 64th: the reader's mask has no bit for it");
        }
    }

    private static List<string> PropertyNames(ClassPlan plan, List<MemberModel> members)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return members.ConvertAll(member =>
        {
            var name = Names.Pascal(member.Name);
            return Names.Unique(name == plan.Name || s_reserved.Contains(name) ? name + "Value" : name, taken);
        });
    }

    private string PropertyType(MemberModel member)
    {
        var isValue = TypeWriter.IsValueType(TypeWriter.Kind(contract.Shape(member.Shape), member));
        // A required value stays nullable: the type's zero could not be told from absence.
        return types.Type(member) + (isValue || !member.IsRequired ? "?" : "");
    }

    private void WriteSchema(StringBuilder text, ClassPlan plan, List<MemberModel> members)
    {
        if (plan.Twin is not null)
        {
            text.Append($"    public static {Root}ShapeSchema Schema => {types.Namespace}.{plan.Twin.Name}.Schema;\n");
            return;
        }

        var structures = new List<ShapeModel>();
        var literal = CSharp.Literal(schemas.Write(plan, members, structures));
        text.Append($"    private static {Root}ShapeSchema? s_schema;\n");
        text.Append($"    public static {Root}ShapeSchema Schema => s_schema ??= {Root}ShapeSchema.Parse({types.Namespace}.{contract.Prefix}Api.Instance,\n");
        text.Append("        ").Append(literal).Append("u8");
        if (structures.Count == 1)
        {
            text.Append($", static _ => {types.Class(structures[0])}.Schema");
        }
        else if (structures.Count > 1)
        {
            text.Append(", static i => i switch\n        {\n");
            for (var i = 0; i < structures.Count; i++)
            {
                text.Append(i == structures.Count - 1 ? "            _" : $"            {i}").Append($" => {types.Class(structures[i])}.Schema,\n");
            }

            text.Append("        }");
        }

        text.Append(");\n");
    }

    private void WriteOperation(StringBuilder text, ClassPlan plan, List<string> properties)
    {
        if (plan.RequestOf is { } operation)
        {
            var isClear = !properties.Contains("Operation");
            text.Append(isClear ? $"    public {Root}OperationSchema Operation" : $"    {Root}OperationSchema {Root}IRequest<{operation.Name}Response>.Operation");
            text.Append($" => {types.Namespace}.{contract.Prefix}Api.Instance.Operations[{contract.Operations.IndexOf(operation)}];\n");
        }
    }

    private void WriteConstructors(StringBuilder text, ClassPlan plan, List<MemberModel> members, List<string> properties)
    {
        var isRequired = members.Exists(member => member.IsRequired);
        var copied = plan.IsWritten ? plan.Interfaces : [];
        if (plan.IsRead || plan.Twin is not null || copied.Count > 0)
        {
            text.Append($"    public {plan.Name}() {{ }}\n");
        }

        foreach (var each in copied)
        {
            var isWhole = Enumerable.Range(0, members.Count).All(i => !members[i].IsRequired || each.Has(properties[i]));
            text.Append(isRequired && isWhole ? SetsRequired : "");
            WriteCopy(text, plan, each);
        }

        if (plan.Twin is not null)
        {
            text.Append(isRequired ? SetsRequired : "").Append($"    private {plan.Name}({types.Namespace}.{plan.Twin.Name} other)\n    {{\n");
            // The twin's properties differ from these only where a property would be called like its class.
            var names = PropertyNames(plan.Twin, members);
            for (var i = 0; i < members.Count; i++)
            {
                text.Append($"        {properties[i]} = other.{names[i]};\n");
            }

            text.Append("    }\n");
            text.Append($"    public static {plan.Name} From({types.Namespace}.{plan.Twin.Name} other) => new(other);\n");
        }

        if (!plan.IsRead)
        {
            return;
        }

        text.Append(isRequired ? SetsRequired : "").Append($"    private {plan.Name}({Root}ShapeReader r)\n    {{\n");
        text.Append("        var m = -1;\n        while (r.Next(Schema, ref m))\n        {\n");
        if (members.Count > 0)
        {
            text.Append("            switch (m)\n            {\n");
            for (var i = 0; i < members.Count; i++)
            {
                text.Append($"                case {i}: this.{properties[i]} = {types.Read(members[i])}; break;\n");
            }

            text.Append("            }\n");
        }

        text.Append("        }\n    }\n");
        text.Append($"    public static {plan.Name} Read({Root}ShapeReader r) => new(r);\n");
    }

    /// <summary>What is written can begin as a copy of anything that has the interface; an initializer adds the rest.</summary>
    private static void WriteCopy(StringBuilder text, ClassPlan plan, InterfacePlan from)
    {
        text.Append($"    public {plan.Name}({from.Name} other)\n    {{\n");
        foreach (var property in from.Properties)
        {
            text.Append($"        {property.Key} = other.{property.Key};\n");
        }

        text.Append("    }\n");
    }

    private void WriteMembers(StringBuilder text, List<MemberModel> members, List<string> properties)
    {
        text.Append($"    public override void WriteMembers({Root}ShapeWriter w)\n    {{\n");
        // Attributes first: an XML writer cannot go back into a start tag. The sort is stable.
        foreach (var i in Enumerable.Range(0, members.Count).OrderBy(i => members[i].Facts.Flag("xmlAttribute") ? 0 : 1))
        {
            var index = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            text.Append("        ").Append(types.Write(members[i], index, "this." + properties[i])).Append(";\n");
        }

        text.Append("    }\n");
    }
}
