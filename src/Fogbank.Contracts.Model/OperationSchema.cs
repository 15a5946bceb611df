using System.Globalization;

namespace Fogbank.Contracts;

/// <summary>One operation as its contract states it.</summary>
public sealed class OperationSchema
{
    private OperationSchema(Api api, int index, string[] fields)
    {
        Api = api;
        Index = index;
        Name = fields[0];
        Method = fields[1];
        UriTemplate = fields[2];
        Status = int.Parse(fields[3], CultureInfo.InvariantCulture);
        InputName = fields[4].Length == 0 ? null : fields[4];
        OutputName = fields[5].Length == 0 ? null : fields[5];
        HasStreamingInput = fields[6].Contains('s', StringComparison.Ordinal);
        HasStreamingOutput = fields[6].Contains('o', StringComparison.Ordinal);
        DemandsChecksum = fields[6].Contains('c', StringComparison.Ordinal);
        HasEventStream = fields[6].Contains('e', StringComparison.Ordinal);
        IsUnsigned = fields[6].Contains('n', StringComparison.Ordinal);
        IsOutputUnwrapped = fields[6].Contains('u', StringComparison.Ordinal);
        OutputXmlRoot = fields[7].Length == 0 ? null : fields[7];
    }

    public Api Api { get; }

    /// <summary>Place in <see cref="Api.Operations"/>.</summary>
    public int Index { get; }

    public string Name { get; }

    /// <summary>HTTP method.</summary>
    public string Method { get; }

    /// <summary>Path and fixed query of a REST protocol, with <c>{Label}</c> and <c>{Label+}</c>; "/" elsewhere.</summary>
    public string UriTemplate { get; }

    /// <summary>HTTP status of a success.</summary>
    public int Status { get; }

    public string? InputName { get; }

    public string? OutputName { get; }

    /// <summary>The body is handed to the operation as it arrives.</summary>
    public bool HasStreamingInput { get; }

    public bool HasStreamingOutput { get; }

    /// <summary>The request must carry Content-MD5 or an x-amz-checksum header.</summary>
    public bool DemandsChecksum { get; }

    /// <summary>Input or output is an event stream.</summary>
    public bool HasEventStream { get; }

    /// <summary>The operation takes requests without a signature.</summary>
    public bool IsUnsigned { get; }

    /// <summary>
    /// The answer's only body member is itself the root element, under its own name (S3's GetBucketLocation); empty where it is null.
    /// </summary>
    public bool IsOutputUnwrapped { get; }

    /// <summary>Name of the root element of the answer in rest-xml, where the model lost it and the overlay adds it.</summary>
    public string? OutputXmlRoot { get; }

    public override string ToString() => $"{Api.Name}:{Name}";

    internal static OperationSchema Parse(Api api, int index, string line) => new(api, index, line.Split('\t'));
}

/// <summary>An operation with its types. A property each in the generated code, never a table: so what nobody implements is not in the binary.</summary>
public readonly struct Operation<TRequest, TResponse>(Api api, int index)
    where TRequest : Shape, IShape<TRequest>, IRequest<TResponse>
    where TResponse : Shape
{
    public OperationSchema Schema => api.Operations[index];
}
