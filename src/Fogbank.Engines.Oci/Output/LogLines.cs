using System.Buffers.Text;
using System.Globalization;

namespace Fogbank.Engines.Oci.Output;

/// <summary>Reads the lines that a monitor writes: <c>2026-11-24T19:20:54.619756003+00:00 stdout F text</c>, with <c>P</c> where the line goes on.</summary>
internal static class LogLines
{
    private const int TimeLength = 35;
    private const int HeaderLength = TimeLength + 1 + 6 + 1 + 1 + 1;

    /// <summary>One line's parts; false where it is none.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="stream">Which stream wrote it.</param>
    /// <param name="isPartial">No end of line was written after it.</param>
    /// <param name="text">What was written.</param>
    internal static bool TryParse(ReadOnlySpan<byte> line, out LogStream stream, out bool isPartial, out ReadOnlySpan<byte> text)
    {
        stream = LogStream.StandardOutput;
        isPartial = false;
        text = default;
        if (line.Length < HeaderLength || line[TimeLength] != ' ')
        {
            return false;
        }
        var rest = line[(TimeLength + 1)..];
        if (rest.StartsWith("stderr "u8))
        {
            stream = LogStream.StandardError;
        }
        else if (!rest.StartsWith("stdout "u8))
        {
            return false;
        }
        isPartial = rest[7] == 'P';
        text = rest[9..];
        return rest[8] == ' ' && (isPartial || rest[7] == 'F');
    }

    /// <summary>When it was written; null where that cannot be read.</summary>
    internal static DateTimeOffset? TimeOf(ReadOnlySpan<byte> line)
    {
        if (line.Length < TimeLength)
        {
            return null;
        }
        // Nine digits of a second are more than there are ticks.
        Span<byte> text = stackalloc byte[33];
        line[..27].CopyTo(text);
        line[29..TimeLength].CopyTo(text[27..]);
        return Utf8Parser.TryParse(text, out DateTimeOffset time, out _, 'O') ? time
            : DateTimeOffset.TryParse(System.Text.Encoding.ASCII.GetString(text), CultureInfo.InvariantCulture, out time) ? time : null;
    }
}
