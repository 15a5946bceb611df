using System.Text;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>
/// Cuts one output stream into records of the log: a line feed ends one. Carriage returns inside a record are the line ends of a record
/// of several lines. Not for use by two at once.
/// </summary>
internal sealed class LineSplitter
{
    /// <summary>CloudWatch Logs takes events of up to 256 KB, 26 bytes of which it counts for itself: longer lines are cut.</summary>
    internal const int MaxLineBytes = (256 * 1024) - 26;

    private byte[] _rest = [];
    private int _length;

    /// <summary>Takes the next bytes and gives every record that they complete.</summary>
    internal void Append(ReadOnlySpan<byte> bytes, List<string> records)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            var room = MaxLineBytes - _length;
            if (line.Length > room)
            {
                // Cut between characters, not inside one.
                var cut = room;
                while (cut > 0 && room - cut < 3 && (line[cut] & 0xC0) == 0x80)
                {
                    cut--;
                }

                Take(line[..cut]);
                Emit(records);
                bytes = bytes[cut..];
                continue;
            }

            if (end < 0)
            {
                Take(line);
                return;
            }

            if (_length == 0)
            {
                records.Add(Text(line));
            }
            else
            {
                Take(line);
                Emit(records);
            }

            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Gives what stands without a line feed at the end of the output.</summary>
    internal void Flush(List<string> records)
    {
        if (_length > 0)
        {
            Emit(records);
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        if (_rest.Length < _length + bytes.Length)
        {
            Array.Resize(ref _rest, Math.Max(256, Math.Min(MaxLineBytes, 2 * (_length + bytes.Length))));
        }

        bytes.CopyTo(_rest.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Emit(List<string> records)
    {
        records.Add(Text(_rest.AsSpan(0, _length)));
        _length = 0;
        if (_rest.Length > 16 * 1024)
        {
            _rest = [];
        }
    }

    private static string Text(ReadOnlySpan<byte> line)
    {
        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }

        var text = Encoding.UTF8.GetString(line);
        return text.Contains('\r', StringComparison.Ordinal) ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : text;
    }
}
