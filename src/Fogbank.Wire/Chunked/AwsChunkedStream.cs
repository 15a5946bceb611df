using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Wire.Signing;

namespace Fogbank.Wire.Chunked;

/// <summary>
/// Decodes the aws-chunked encoding: <c>SIZE;chunk-signature=HEX</c>, data, and so on to a chunk of size 0, behind which trailers may stand.
/// Signatures are verified where a signer is given. The end is reported only when everything held: until then nothing that was read may be
/// published.
/// </summary>
internal sealed class AwsChunkedStream(
    Stream inner, ChunkSigner? signer, bool isSigned, IReadOnlyCollection<string> announcedTrailers, long decodedLength) : ReadOnlyBodyStream
{
    private const int BufferBytes = 16 * 1024;
    private const int MaxLineBytes = 4 * 1024;
    private const int MaxTrailers = 16;
    private const string SignatureExtension = "chunk-signature=";
    private const string TrailerSignature = "x-amz-trailer-signature";

    private readonly IncrementalHash? _hash = signer is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<string, string> _trailers = new(StringComparer.OrdinalIgnoreCase);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;
    private long _left;
    private long _total;
    private string _signature = "";
    private bool _isDone;

    /// <summary>The trailers, once the body has been read to its end.</summary>
    public IReadOnlyDictionary<string, string> Trailers => _trailers;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isDone || buffer.IsEmpty)
        {
            return 0;
        }

        if (_left == 0 && !await OpenChunkAsync(cancellationToken))
        {
            _isDone = true;
            return 0;
        }

        var read = await ReadDataAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        _hash?.AppendData(buffer.Span[..read]);
        _left -= read;
        _total += read;
        if (_left == 0)
        {
            await CloseChunkAsync(cancellationToken);
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _start = _end = 0;
            _isDone = true;
            _hash?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads a chunk's head; false where it was the last one and everything behind it is in order.</summary>
    private async ValueTask<bool> OpenChunkAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken) ?? throw ChunkedErrors.Incomplete();
        var mark = line.IndexOf(';', StringComparison.Ordinal);
        var digits = (mark < 0 ? line : line[..mark]).Trim();
        if (digits.Length is 0 or > 12 || !digits.All(char.IsAsciiHexDigit))
        {
            throw ChunkedErrors.Malformed("a chunk does not begin with its size");
        }

        _signature = mark < 0 ? "" : FindSignature(line[(mark + 1)..]);
        if (isSigned && _signature.Length == 0)
        {
            throw ChunkedErrors.Malformed("a chunk has no signature");
        }

        _left = long.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (_left > decodedLength - _total)
        {
            throw ChunkedErrors.Incomplete();
        }

        if (_left > 0)
        {
            return true;
        }

        VerifyChunk();
        await ReadTrailersAsync(cancellationToken);
        if (_total != decodedLength)
        {
            throw ChunkedErrors.Incomplete();
        }

        return false;
    }

    private async ValueTask CloseChunkAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(cancellationToken) is not { } line)
        {
            throw ChunkedErrors.Incomplete();
        }

        if (line.Length > 0)
        {
            throw ChunkedErrors.Malformed("a chunk is longer than it says");
        }

        VerifyChunk();
    }

    private void VerifyChunk()
    {
        if (signer is not null && !signer.Verify(Convert.ToHexStringLower(_hash!.GetHashAndReset()), _signature))
        {
            throw SigningErrors.ChunkMismatch();
        }
    }

    private async ValueTask ReadTrailersAsync(CancellationToken cancellationToken)
    {
        var signed = new StringBuilder();
        string? signature = null;
        var lines = 0;
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                // An empty line ends the trailers; some clients send one before them as well.
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || ++lines > MaxTrailers)
            {
                throw ChunkedErrors.MalformedTrailer();
            }

            var name = line[..colon].Trim().ToLowerInvariant();
            var value = line[(colon + 1)..].Trim();
            if (name == TrailerSignature)
            {
                signature = value;
            }
            else if (signature is not null || !announcedTrailers.Contains(name, StringComparer.OrdinalIgnoreCase) || !_trailers.TryAdd(name, value))
            {
                throw ChunkedErrors.MalformedTrailer();
            }
            else
            {
                signed.Append(name).Append(':').Append(value).Append('\n');
            }
        }

        if (announcedTrailers.Any(name => !_trailers.ContainsKey(name)))
        {
            throw ChunkedErrors.MalformedTrailer();
        }

        if (signer is not null && announcedTrailers.Count > 0
            && (signature is null || !signer.VerifyTrailers(signed.ToString(), signature)))
        {
            throw SigningErrors.ChunkMismatch();
        }
    }

    private static string FindSignature(string extensions)
    {
        foreach (var extension in extensions.Split(';', StringSplitOptions.TrimEntries))
        {
            if (extension.StartsWith(SignatureExtension, StringComparison.Ordinal))
            {
                return extension[SignatureExtension.Length..];
            }
        }

        return "";
    }

    private async ValueTask<int> ReadDataAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            // Nothing is left over from a head: straight to where it is wanted.
            var read = await inner.ReadAsync(destination, cancellationToken);
            return read > 0 ? read : throw ChunkedErrors.Incomplete();
        }

        var count = Math.Min(destination.Length, _end - _start);
        _buffer.AsMemory(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    /// <summary>A line without its end; null at the end of the body.</summary>
    private async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.ASCII.GetString(_buffer, _start, length);
                _start += length + 1;
                return line.EndsWith('\r') ? line[..^1] : line;
            }

            if (_end - _start > MaxLineBytes)
            {
                throw ChunkedErrors.Malformed("a line is too long");
            }

            if (!await FillAsync(cancellationToken))
            {
                // The last line may lack its end.
                var rest = Encoding.ASCII.GetString(_buffer, _start, _end - _start).TrimEnd('\r');
                _start = _end;
                return rest.Length > 0 ? rest : null;
            }
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var read = await inner.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }
}
