using System.Text;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>The last 4 KB of an invocation's log, for <c>X-Amz-Log-Result</c>.</summary>
internal sealed class LogTail
{
    private const int MaxBytes = 4096;
    private readonly Queue<string> _lines = new();
    private int _chars;

    internal void Add(string line)
    {
        _lines.Enqueue(line);
        _chars += line.Length + 1;

        // A character is a byte at least, so lines that this drops could not have been in the tail.
        while (_chars - _lines.Peek().Length - 1 >= MaxBytes)
        {
            _chars -= _lines.Dequeue().Length + 1;
        }
    }

    internal byte[] ToBytes()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(_lines.Select(static line => line + "\n")));
        return text.Length <= MaxBytes ? text : text[^MaxBytes..];
    }
}
