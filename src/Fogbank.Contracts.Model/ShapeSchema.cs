using System.Text;

namespace Fogbank.Contracts;

/// <summary>What the model says of a structure. Decoded from its generated text on first use.</summary>
/// <remarks>
/// The text is tab-separated: shape name, shape flags, member count; then per member: name, wire name (empty = name), flags, type.
/// <c>flags</c>: a <see cref="WireLocation"/> character, then any of <c>r</c> required, <c>x</c> XML attribute, <c>v</c> jsonvalue,
/// <c>t</c> idempotency token, then optionally <c>{prefix|uri}</c> for an XML namespace and <c>[queryName]</c>.
/// <c>type</c> is the grammar of <see cref="SchemaText"/>. Shape flags: <c>p</c> a member is the payload, <c>u</c> union,
/// <c>{prefix|uri}</c> XML namespace, <c>&lt;root&gt;</c> the XML root where it differs from the name.
/// </remarks>
public sealed class ShapeSchema
{
    private Dictionary<string, int>? _byWireName;

    internal ShapeSchema(Api api, string name, IReadOnlyList<MemberSchema> members)
    {
        Api = api;
        Name = name;
        Members = members;
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Location == WireLocation.Payload)
            {
                PayloadMember = i;
            }
            else if (members[i].Location == WireLocation.Body)
            {
                HasBodyMembers = true;
            }

            if (members[i].IsIdempotencyToken)
            {
                TokenMember = i;
            }

            if (members[i].IsRequired)
            {
                RequiredMask |= 1UL << i;
            }
        }
    }

    public Api Api { get; }

    public string Name { get; }

    public IReadOnlyList<MemberSchema> Members { get; }

    /// <summary>Index of the member that is the whole body; -1 where there is none.</summary>
    public int PayloadMember { get; } = -1;

    /// <summary>Whether any member stands in an ordinary body.</summary>
    public bool HasBodyMembers { get; }

    /// <summary>Exactly one member may be set.</summary>
    public bool IsUnion { get; internal init; }

    /// <summary>Name of the root element where this structure is an XML body.</summary>
    public string XmlName { get; internal init; } = "";

    public string? XmlNamespace { get; internal init; }

    public string? XmlPrefix { get; internal init; }

    /// <summary>A bit for each required member. Structures have at most 64 members on the input side; the generator checks it.</summary>
    internal ulong RequiredMask { get; }

    /// <summary>Index of the member that is made up where it was not sent; -1 where there is none.</summary>
    internal int TokenMember { get; } = -1;

    /// <summary>Index of the body member of that wire name; -1 where the structure has none.</summary>
    public int IndexOf(ReadOnlySpan<char> wireName)
    {
        if (_byWireName is null)
        {
            var map = new Dictionary<string, int>(Members.Count, StringComparer.Ordinal);
            for (var i = 0; i < Members.Count; i++)
            {
                if (Members[i].Location is WireLocation.Body or WireLocation.Payload)
                {
                    map.TryAdd(Members[i].WireName, i);
                }
            }

            _byWireName = map;
        }

        return _byWireName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(wireName, out var index) ? index : -1;
    }

    /// <summary>Decodes generated schema text.</summary>
    /// <param name="api">Owner of the constraints the text refers to.</param>
    /// <param name="text">The generated literal.</param>
    /// <param name="structures">Schemas of the structures the text refers to, by its <c>j0</c>, <c>j1</c> …; null where there are none.</param>
    public static ShapeSchema Parse(Api api, ReadOnlySpan<byte> text, Func<int, ShapeSchema>? structures = null) =>
        SchemaText.ParseShape(api, Encoding.UTF8.GetString(text), structures);
}
