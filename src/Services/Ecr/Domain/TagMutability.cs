namespace Fogbank.Services.Ecr.Domain;

/// <summary>Whether a tag may be moved. Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html</summary>
internal static class TagMutability
{
    internal static bool IsImmutable(RepositoryRecord repository, string tag) => repository.TagMutability switch
    {
        "IMMUTABLE" => true,
        "IMMUTABLE_WITH_EXCLUSION" => !IsExcluded(repository, tag),
        "MUTABLE_WITH_EXCLUSION" => IsExcluded(repository, tag),
        _ => false,
    };

    private static bool IsExcluded(RepositoryRecord repository, string tag)
    {
        foreach (var filter in repository.TagFilters)
        {
            if (Matches(filter.Pattern, tag))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether <paramref name="text"/> is of the pattern, in which each <c>*</c> stands for any characters. Linear but for the stars.</summary>
    internal static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].Trim('*').IsEmpty;
    }
}
