using System.Globalization;

namespace Fogbank.Services.Ec2.Domain;

/// <summary>The filters of one list: each name with the values that an item has for it. All filters must hold, of each one value is enough.</summary>
internal sealed class FilterSet<T>(Func<T, IReadOnlyList<Tag>?> tags, params IReadOnlyList<(string Name, Func<T, IEnumerable<string?>> Values)> filters)
{
    private const string TagPrefix = "tag:";

    private readonly Dictionary<string, Func<T, IEnumerable<string?>>> _filters = filters.ToDictionary(filter => filter.Name, filter => filter.Values);

    internal static (string, Func<T, IEnumerable<string?>>) One(string name, Func<T, string?> value) => (name, item => [value(item)]);

    internal static (string, Func<T, IEnumerable<string?>>) Flag(string name, Func<T, bool?> value) =>
        (name, item => [value(item) switch { true => "true", false => "false", null => null }]);

    internal static (string, Func<T, IEnumerable<string?>>) Number(string name, Func<T, int?> value) =>
        (name, item => [value(item)?.ToString(CultureInfo.InvariantCulture)]);

    internal static (string, Func<T, IEnumerable<string?>>) Many(string name, Func<T, IEnumerable<string?>?> values) => (name, item => values(item) ?? []);

    /// <summary>A test of items.</summary>
    /// <exception cref="AwsException">The list has no such filter.</exception>
    internal Func<T, bool> Compile(IReadOnlyList<Filter>? given)
    {
        if (given is not { Count: > 0 })
        {
            return static _ => true;
        }

        if (given.Sum(filter => filter.Values?.Count ?? 0) > Ec2Limits.FilterValues)
        {
            throw Ec2Errors.TooManyFilterValues();
        }

        var tests = given.Select(Compile).ToList();
        return item => tests.TrueForAll(test => test(item));
    }

    private Func<T, bool> Compile(Filter filter)
    {
        var name = filter.Name ?? throw Ec2Errors.UnknownFilter("null");
        var find = Find(name) ?? throw Ec2Errors.UnknownFilter(name);
        var wanted = filter.Values ?? [];
        return item => find(item).Any(value => value is not null && wanted.Any(pattern => Wildcard.Matches(pattern, value)));
    }

    private Func<T, IEnumerable<string?>>? Find(string name)
    {
        if (name.StartsWith(TagPrefix, StringComparison.Ordinal))
        {
            var key = name[TagPrefix.Length..];
            return item => tags(item)?.Where(tag => tag.Key == key).Select(tag => tag.Value) ?? [];
        }

        return name switch
        {
            "tag-key" => item => tags(item)?.Select(tag => tag.Key) ?? [],
            "tag-value" => item => tags(item)?.Select(tag => tag.Value) ?? [],
            _ => _filters.GetValueOrDefault(name),
        };
    }
}
