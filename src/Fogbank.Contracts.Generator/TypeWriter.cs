namespace Fogbank.Contracts.Generator;

/// <summary>C# types of members, and the expressions that read and write them.</summary>
internal sealed class TypeWriter(ContractModel contract, ClassPlanner planner)
{
    internal const string Root = "global::Fogbank.Contracts.";

    private const string List = "global::System.Collections.Generic.IReadOnlyList";
    private const string Map = "global::System.Collections.Generic.IReadOnlyDictionary";

    /// <summary>The character of the kind in schema text.</summary>
    internal static char Kind(ShapeModel shape, MemberModel member) => shape.Type switch
    {
        "string" or "character" => 'a',
        "boolean" => 'b',
        "byte" or "short" or "integer" => 'c',
        "long" => 'd',
        "float" => 'e',
        "double" or "bigDecimal" => 'f',
        "blob" => member.Facts.Flag("streaming") && member.Facts.String("location") == "payload" ? 's' : 'g',
        "timestamp" => 'h',
        "document" => 'i',
        "list" => 'l',
        "map" => 'm',
        "structure" => 'j',
        _ => throw new FormatException($"shape {shape.Name} has the unknown type {shape.Type}"),
    };

    internal static bool IsValueType(char kind) => kind is >= 'b' and <= 'i';

    internal string Namespace => Root + contract.Prefix;

    internal string Class(ShapeModel structure) => $"{Namespace}.{planner.ForStructure(structure.Name).Name}";

    internal string Type(MemberModel member)
    {
        var shape = contract.Shape(member.Shape);
        return Kind(shape, member) switch
        {
            'a' => "string",
            'b' => "bool",
            'c' => "int",
            'd' => "long",
            'e' => "float",
            'f' => "double",
            'g' => "global::System.ReadOnlyMemory<byte>",
            'h' => "global::System.DateTimeOffset",
            'i' => "global::System.Text.Json.JsonElement",
            's' => "global::System.IO.Stream",
            'l' => $"{List}<{Type(Part(shape, "item"))}>",
            'm' => $"{Map}<string, {Type(Part(shape, "value"))}>",
            _ => Class(shape),
        };
    }

    internal string Read(MemberModel member)
    {
        var shape = contract.Shape(member.Shape);
        var kind = Kind(shape, member);
        if (kind is 'l' or 'm')
        {
            var part = Part(shape, kind == 'l' ? "item" : "value");
            var target = contract.Shape(part.Shape);
            return Kind(target, part) switch
            {
                'a' => kind == 'l' ? "r.Strings()" : "r.StringMap()",
                'j' => $"r.{(kind == 'l' ? "Shapes" : "ShapeMap")}<{Class(target)}>()",
                _ => $"r.{(kind == 'l' ? "List" : "Map")}(static r => {Read(part)})",
            };
        }

        return kind == 'j' ? $"r.Shape<{Class(shape)}>()" : $"r.{Method(kind)}()";
    }

    internal string Write(MemberModel member, string index, string value)
    {
        var shape = contract.Shape(member.Shape);
        var kind = Kind(shape, member);
        if (kind is 'l' or 'm')
        {
            var part = Part(shape, kind == 'l' ? "item" : "value");
            return Kind(contract.Shape(part.Shape), part) switch
            {
                'a' => $"w.{(kind == 'l' ? "Strings" : "StringMap")}({index}, {value})",
                'j' => $"w.{(kind == 'l' ? "Shapes" : "ShapeMap")}({index}, {value})",
                _ => $"w.{(kind == 'l' ? "List" : "Map")}({index}, {value}, static (w, v) => {Write(part, "-1", "v")})",
            };
        }

        return $"w.{Method(kind)}({index}, {value})";
    }

    internal static MemberModel Part(ShapeModel collection, string part) =>
        new(part, collection.Facts[part] is { IsNull: false } facts ? facts : throw new FormatException($"shape {collection.Name} has no {part}"));

    private static string Method(char kind) => kind switch
    {
        'a' => "String",
        'b' => "Boolean",
        'c' => "Int32",
        'd' => "Int64",
        'e' => "Single",
        'f' => "Double",
        'g' => "Blob",
        'h' => "Timestamp",
        'i' => "Document",
        's' => "Stream",
        _ => "Shape",
    };
}
