namespace Fogbank.Contracts;

/// <summary>The kinds of value a member, a list item or a map value may have. The character is the one used in schema text.</summary>
public enum WireKind
{
    String = 'a',
    Boolean = 'b',

    /// <summary>Byte, short and integer of the models.</summary>
    Int32 = 'c',
    Int64 = 'd',
    Single = 'e',
    Double = 'f',
    Blob = 'g',
    Timestamp = 'h',

    /// <summary>Free JSON, a <see cref="System.Text.Json.JsonElement"/>.</summary>
    Document = 'i',

    /// <summary>A body that is never gathered in memory.</summary>
    Stream = 's',
    List = 'l',
    Map = 'm',
    Structure = 'j',
}

/// <summary>Where a member travels in a REST protocol. Elsewhere everything is <see cref="Body"/>.</summary>
public enum WireLocation
{
    Body = '0',
    Uri = '1',
    Query = '2',

    /// <summary>A map, every entry of which is one query parameter.</summary>
    QueryMap = '3',
    Header = '4',

    /// <summary>A map, every entry of which is one header with the member's wire name as prefix.</summary>
    HeaderMap = '5',
    Status = '6',

    /// <summary>This member alone is the body.</summary>
    Payload = '7',
}

/// <summary>How an instant is written.</summary>
public enum TimestampFormat
{
    /// <summary>What the protocol does where the model says nothing.</summary>
    Default = '0',
    UnixSeconds = '1',
    Iso8601 = '2',
    HttpDate = '3',
}

/// <summary>The protocols of the AWS models.</summary>
public enum WireProtocol
{
    RestJson,
    Json10,
    Json11,
    Query,
    RestXml,
    Ec2,
    RpcV2Cbor,
}
