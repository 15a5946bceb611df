namespace Fogbank.Contracts;

/// <summary>One member of a structure, as the model states it.</summary>
public sealed class MemberSchema
{
    internal MemberSchema(string name, string wireName, WireLocation location, TypeSchema type)
    {
        Name = name;
        WireName = wireName;
        Location = location;
        Type = type;
    }

    /// <summary>The model's name, as it appears in validation messages.</summary>
    public string Name { get; }

    /// <summary>The name on the wire: JSON property, XML element, header, header prefix, query parameter or label.</summary>
    public string WireName { get; }

    public WireLocation Location { get; }

    public TypeSchema Type { get; }

    public bool IsRequired { get; internal init; }

    /// <summary>Written as an attribute of the enclosing XML element.</summary>
    public bool IsXmlAttribute { get; internal init; }

    /// <summary>A string that travels base64-encoded in its header, since it holds JSON.</summary>
    public bool IsJsonValue { get; internal init; }

    /// <summary>Made up by the receiver where the sender left it out.</summary>
    public bool IsIdempotencyToken { get; internal init; }

    /// <summary>XML namespace of the member's element; null where it has none of its own.</summary>
    public string? XmlNamespace { get; internal init; }

    /// <summary>Prefix bound to <see cref="XmlNamespace"/>; null for the default namespace.</summary>
    public string? XmlPrefix { get; internal init; }

    /// <summary>Name on the wire of the ec2 protocol where it differs (<c>queryName</c> of the models).</summary>
    public string? QueryName { get; internal init; }
}
