using System.Text;

namespace Fogbank.Contracts.Generator;

/// <summary>Writes the schema text of a structure, in the grammar that <c>SchemaText</c> of the model library reads.</summary>
internal sealed class SchemaTextWriter(ContractModel contract, ConstraintTable constraints)
{
    /// <param name="plan">The class whose schema it is.</param>
    /// <param name="members">Its members, in order; event streams left out.</param>
    /// <param name="structures">Receives the structures that <c>j0</c>, <c>j1</c> … of the text stand for.</param>
    internal string Write(ClassPlan plan, IReadOnlyList<MemberModel> members, List<ShapeModel> structures)
    {
        var text = new StringBuilder();
        text.Append(plan.Shape?.Name ?? plan.Name).Append('\t');
        if (plan.Shape is not null)
        {
            text.Append(plan.Shape.Facts.Flag("union") ? "u" : "");
            AppendNamespace(text, plan.XmlNamespace ?? plan.Shape.Facts.String("xmlNamespace"));
            if ((plan.XmlRoot ?? plan.Shape.Facts.String("xmlRoot")) is { } root && root != plan.Shape.Name)
            {
                text.Append('<').Append(root).Append('>');
            }
        }

        text.Append('\t').Append(members.Count);
        foreach (var member in members)
        {
            var wire = member.Facts.String("wire");
            text.Append('\t').Append(member.Name).Append('\t').Append(wire == member.Name ? "" : wire).Append('\t');
            AppendFlags(text, member);
            text.Append('\t');
            AppendType(text, member, structures, isChecked: plan.IsRead);
        }

        return text.ToString();
    }

    private void AppendFlags(StringBuilder text, MemberModel member)
    {
        var shape = contract.Shape(member.Shape);
        text.Append(member.Facts.String("location") switch
        {
            null => '0',
            "uri" => '1',
            "querystring" => shape.Type == "map" ? '3' : '2',
            "header" => '4',
            "headers" => '5',
            "statusCode" => '6',
            "payload" => '7',
            var other => throw new FormatException($"member {member.Name} has the unknown location {other}"),
        });
        text.Append(member.IsRequired ? "r" : "");
        text.Append(member.Facts.Flag("xmlAttribute") ? "x" : "");
        text.Append(member.Facts.Flag("jsonValue") ? "v" : "");
        text.Append(member.Facts.Flag("idempotencyToken") ? "t" : "");
        AppendNamespace(text, member.Facts.String("xmlNamespace"));
        if (member.Facts.String("queryName") is { } query)
        {
            text.Append('[').Append(query).Append(']');
        }
    }

    private void AppendType(StringBuilder text, MemberModel member, List<ShapeModel> structures, bool isChecked)
    {
        var shape = contract.Shape(member.Shape);
        var kind = TypeWriter.Kind(shape, member);
        text.Append(kind);
        if (kind == 'j')
        {
            var index = structures.IndexOf(shape);
            if (index < 0)
            {
                index = structures.Count;
                structures.Add(shape);
            }

            text.Append(index);
        }

        if (isChecked && constraints.Add(shape) is >= 0 and var constraint)
        {
            text.Append('#').Append(constraint);
        }

        text.Append(member.Facts.String("timestampFormat") switch
        {
            "unixTimestamp" => "@1",
            "iso8601" => "@2",
            "rfc822" => "@3",
            _ => "",
        });
        text.Append(member.Facts.Flag("flattened") || shape.Facts.Flag("flattened") ? "!" : "");
        if (kind == 'l')
        {
            var item = TypeWriter.Part(shape, "item");
            text.Append(item.Facts.String("wire") is { } name ? $"({name})" : "");
            AppendType(text, item, structures, isChecked);
        }
        else if (kind == 'm')
        {
            var key = TypeWriter.Part(shape, "key");
            var value = TypeWriter.Part(shape, "value");
            var keyName = key.Facts.String("wire");
            var valueName = value.Facts.String("wire");
            text.Append(keyName is null && valueName is null ? "" : $"({keyName ?? "key"},{valueName ?? "value"})");
            AppendType(text, key, structures, isChecked);
            AppendType(text, value, structures, isChecked);
        }
    }

    private static void AppendNamespace(StringBuilder text, string? space)
    {
        if (space is not null)
        {
            text.Append('{').Append(space.IndexOf('|') < 0 ? "|" : "").Append(space).Append('}');
        }
    }
}
