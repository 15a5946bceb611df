using System.Text;
using Fogbank.Kernel.Signing;

namespace Fogbank.Wire.Chunked;

/// <summary>The chain of signatures over a chunked body: each signs its chunk and the signature before it.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html</remarks>
internal sealed class ChunkSigner(byte[] key, string amzDate, CredentialScope scope, string seedSignature)
{
    private string _previous = seedSignature;

    /// <summary>Whether the next chunk's signature holds.</summary>
    /// <param name="chunkHash">Hash of its data, in hexadecimal.</param>
    /// <param name="signature">What the chunk carries.</param>
    public bool Verify(string chunkHash, string signature) =>
        Advance($"AWS4-HMAC-SHA256-PAYLOAD\n{amzDate}\n{scope}\n{_previous}\n{SigV4.EmptyPayloadHash}\n{chunkHash}", signature);

    /// <summary>Whether the trailers' signature holds.</summary>
    /// <param name="trailers">All but the signature, in the order sent, each as <c>name:value</c> and a line feed.</param>
    /// <param name="signature">What the trailer carries.</param>
    public bool VerifyTrailers(string trailers, string signature) =>
        Advance($"AWS4-HMAC-SHA256-TRAILER\n{amzDate}\n{scope}\n{_previous}\n{SigV4.HashHex(Encoding.UTF8.GetBytes(trailers))}", signature);

    private bool Advance(string stringToSign, string signature)
    {
        _previous = SigV4.Sign(key, stringToSign);
        return SigV4.Matches(_previous, signature);
    }
}
