using System.Globalization;
using System.Text;
using Fogbank.Contracts;

namespace Fogbank.Wire.Validation;

/// <summary>AWS's words for what a value failed to satisfy.</summary>
internal static class ValidationText
{
    public const string NotNull = "Member must not be null";

    private const string RegularExpression = "Member must satisfy regular expression pattern: ";
    private const string Member = "Member ";
    private const string EnumValueSet = "Member must satisfy enum value set";

    /// <summary>The whole message: "2 validation errors detected: …; …".</summary>
    public static string Message(IReadOnlyList<Violation> violations, ValidationPolicy policy)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{violations.Count} validation error{(violations.Count == 1 ? "" : "s")} detected: ");
        for (var i = 0; i < violations.Count; i++)
        {
            var violation = violations[i];
            text.Append(i == 0 ? "" : "; ").Append("Value ");
            if (violation.Value is null)
            {
                text.Append("null ");
            }
            else if (policy.PrintsValues)
            {
                text.Append('\'').Append(violation.Value).Append("' ");
            }

            text.Append("at '").Append(violation.Path).Append("' failed to satisfy constraint: ");
            text.Append(!policy.PrintsEnumValues && violation.Demand.StartsWith(EnumValueSet, StringComparison.Ordinal)
                ? EnumValueSet
                : violation.Demand);
        }

        return text.ToString();
    }

    /// <summary>One violation in ECR's form.</summary>
    public static string Alone(Violation violation)
    {
        var demand = violation.Demand;
        var words = demand.StartsWith(RegularExpression, StringComparison.Ordinal) ? $"must satisfy regular expression '{demand[RegularExpression.Length..]}'"
            : demand.StartsWith(Member, StringComparison.Ordinal) && !demand.StartsWith(EnumValueSet, StringComparison.Ordinal) ? demand[Member.Length..]
            : demand;
        return $"Invalid parameter at '{violation.Path}' failed to satisfy constraint: '{words}'";
    }

    public static string Pattern(Constraint constraint) => $"{RegularExpression}{constraint.Pattern}";

    public static string Enum(Constraint constraint) => $"{EnumValueSet}: [{string.Join(", ", constraint.Values!)}]";

    public static string MaxLength(Constraint constraint) => $"Member must have length less than or equal to {Bound(constraint.Max)}";

    public static string MinLength(Constraint constraint) => $"Member must have length greater than or equal to {Bound(constraint.Min)}";

    public static string MaxValue(Constraint constraint) => $"Member must have value less than or equal to {Bound(constraint.Max)}";

    public static string MinValue(Constraint constraint) => $"Member must have value greater than or equal to {Bound(constraint.Min)}";

    /// <summary>All that is demanded of a list's items, in one: "Member must satisfy constraint: [Member must have …, Member must …]".</summary>
    public static string Items(TypeSchema element, bool sayNotNull) => $"Member must satisfy constraint: [{Demands(element, sayNotNull)}]";

    public static string MapValues(TypeSchema element, bool sayNotNull) => $"Map value must satisfy constraint: [{Demands(element, sayNotNull)}]";

    public static string MapKeys(TypeSchema key) => $"Map keys must satisfy constraint: [{Demands(key, sayNotNull: false)}]";

    private static string Demands(TypeSchema type, bool sayNotNull)
    {
        var demands = new List<string>();
        if (type.Constraint is { } constraint)
        {
            var isNumber = type.Kind is WireKind.Int32 or WireKind.Int64 or WireKind.Single or WireKind.Double;
            if (constraint.Max is not null)
            {
                demands.Add(isNumber ? MaxValue(constraint) : MaxLength(constraint));
            }

            if (constraint.Min is not null)
            {
                demands.Add(isNumber ? MinValue(constraint) : MinLength(constraint));
            }

            if (constraint.Pattern is not null)
            {
                demands.Add(Pattern(constraint));
            }

            if (constraint.Values is not null)
            {
                demands.Add(Enum(constraint));
            }
        }

        if (type.Kind is WireKind.List or WireKind.Map && type.Element is { Kind: not WireKind.Structure } element)
        {
            demands.Add(type.Kind == WireKind.List ? Items(element, sayNotNull) : MapValues(element, sayNotNull));
        }

        if (sayNotNull)
        {
            demands.Add(NotNull);
        }

        return string.Join(", ", demands);
    }

    private static string Bound(decimal? bound) => bound!.Value.ToString(CultureInfo.InvariantCulture);
}
