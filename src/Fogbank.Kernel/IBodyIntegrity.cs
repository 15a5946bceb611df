using Fogbank.Contracts;

namespace Fogbank.Kernel;

/// <summary>
/// Holds a body that was read whole against the digests its request states (Content-MD5, x-amz-checksum-*). Implemented by S3, whose
/// operations that stream their bodies do so themselves.
/// </summary>
public interface IBodyIntegrity
{
    /// <summary>Throws S3's error where a digest differs, or is missing and the operation demands one.</summary>
    void Check(OperationSchema operation, HttpDetails http, ReadOnlySpan<byte> body);
}
