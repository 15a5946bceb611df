namespace Fogbank.Services.Ec2.Domain;

/// <summary>What tags may look like.</summary>
internal static class TagRules
{
    private const string Reserved = "aws:";

    /// <summary>The tags that a request gives to what it makes.</summary>
    /// <param name="type">The type of the resource that is made: a request that names another one is refused.</param>
    internal static IReadOnlyDictionary<string, string> Of(ITaggedRequest request, string type)
    {
        var tags = ResourceRecord.NoTags;
        foreach (var specification in request.TagSpecifications ?? [])
        {
            if (specification.ResourceType != type)
            {
                throw Ec2Errors.NotTaggable(specification.ResourceType);
            }

            tags = Add(tags, specification.Tags ?? []);
        }

        return tags;
    }

    internal static IReadOnlyDictionary<string, string> Add(IReadOnlyDictionary<string, string> current, IReadOnlyList<Tag> added)
    {
        var next = new Dictionary<string, string>(current, StringComparer.Ordinal);
        foreach (var tag in added)
        {
            var key = tag.Key is { Length: > 0 } given ? given : throw Ec2Errors.Invalid("Tag key cannot be empty. Tag keys must be between 1 and 128 characters in length.");
            if (key.Length > Ec2Limits.TagKeyLength)
            {
                throw Ec2Errors.Invalid($"Tag key exceeds the maximum length of {Ec2Limits.TagKeyLength} characters");
            }

            if (key.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase))
            {
                throw Ec2Errors.Invalid($"Tag keys starting with 'aws:' are reserved for internal use");
            }

            if (tag.Value is { Length: > Ec2Limits.TagValueLength })
            {
                throw Ec2Errors.Invalid($"Tag value exceeds the maximum length of {Ec2Limits.TagValueLength} characters");
            }

            next[key] = tag.Value ?? "";
        }

        return next.Count <= Ec2Limits.Tags ? next : throw Ec2Errors.TooManyTags();
    }

    /// <param name="removed">Null: all. A tag without a value goes whatever its value is, one with a value only where that is its value.</param>
    internal static IReadOnlyDictionary<string, string> Remove(IReadOnlyDictionary<string, string> current, IReadOnlyList<Tag>? removed)
    {
        if (removed is not { Count: > 0 })
        {
            return ResourceRecord.NoTags;
        }

        var next = new Dictionary<string, string>(current, StringComparer.Ordinal);
        foreach (var tag in removed)
        {
            if (tag.Key is { } key && next.TryGetValue(key, out var value) && (tag.Value is null || tag.Value == value))
            {
                next.Remove(key);
            }
        }

        return next;
    }
}
