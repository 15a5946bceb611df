using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.Protocols;

/// <summary>Where a codec writes an answer. Headers and status are set before the first byte of the body is written.</summary>
public interface IWireResponse
{
    int Status { get; set; }

    IHeaderDictionary Headers { get; }

    /// <summary>The body. A codec flushes it, and leaves completing it to its owner.</summary>
    PipeWriter Body { get; }

    /// <summary>The request's id, which each protocol puts into a header of its own and some into the body.</summary>
    string RequestId { get; }

    /// <summary>What S3 sends as <c>x-amz-id-2</c> and <c>HostId</c>; null where the service has none.</summary>
    string? HostId { get; }

    /// <summary>The answer has no body whatever is written (HEAD): nothing may be put into <see cref="Body"/>.</summary>
    bool IsBodyless { get; }
}
