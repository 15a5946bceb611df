using System.Text;
using System.Text.RegularExpressions;
using Fogbank.Engines;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>
/// Makes events of what a container writes: a line is one, or with a pattern all lines up to the next that matches it. What is too long for an
/// event is cut. Not for use by two at once.
/// </summary>
internal sealed class EventAssembler(Regex? eventStart)
{
    /// <summary>What CloudWatch Logs takes as one event, less what it adds to each.</summary>
    internal const int MostBytes = (256 * 1024) - Overhead;

    internal const int Overhead = 26;

    private readonly PartialLine[] _partials = [new(), new()];
    private readonly StringBuilder _event = new();
    private DateTimeOffset _eventAt;
    private int _eventBytes;
    private DateTimeOffset _latest;

    /// <summary>Since when lines wait for the end of their event; null where none do.</summary>
    internal DateTimeOffset? OpenSince => _event.Length > 0 ? _eventAt : null;

    /// <summary>Adds bytes; complete events come out.</summary>
    internal void Add(LogStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset at, List<OutputEvent> events)
    {
        var partial = _partials[stream == LogStream.StandardOutput ? 0 : 1];
        while (!bytes.IsEmpty)
        {
            var room = MostBytes - partial.Count;
            var end = bytes.IndexOf((byte)'\n');
            var take = end >= 0 ? end : bytes.Length;
            if (take > room)
            {
                // Cut before a character that the limit would split.
                take = room;
                while (take > 0 && (bytes[take] & 0xC0) == 0x80)
                {
                    take--;
                }

                // Not text at all: then it may be cut anywhere.
                take = take == 0 && partial.Count == 0 ? room : take;
                partial.Append(bytes[..take], at);
                Line(partial, events);
                bytes = bytes[take..];
                continue;
            }

            partial.Append(bytes[..take], at);
            bytes = bytes[take..];
            if (end >= 0)
            {
                bytes = bytes[1..];
                Line(partial, events);
            }
        }
    }

    /// <summary>Ends the event whose lines wait.</summary>
    internal void Flush(List<OutputEvent> events)
    {
        if (_event.Length > 0)
        {
            Emit(_event.ToString(), _eventAt, _eventBytes, events);
            _event.Clear();
            _eventBytes = 0;
        }
    }

    /// <summary>The output is over: what is left is an event too.</summary>
    internal void End(List<OutputEvent> events)
    {
        foreach (var partial in _partials.Where(partial => partial.Count > 0))
        {
            Line(partial, events);
        }

        Flush(events);
    }

    /// <summary>What was read and is in no event yet.</summary>
    internal IReadOnlyList<PendingText> Pending()
    {
        var pending = new List<PendingText>();
        for (var i = 0; i < _partials.Length; i++)
        {
            if (_partials[i].Count > 0)
            {
                pending.Add(new(i + 1, Convert.ToBase64String(_partials[i].Bytes), _partials[i].At.ToUnixTimeMilliseconds()));
            }
        }

        if (_event.Length > 0)
        {
            pending.Add(new(0, Convert.ToBase64String(Encoding.UTF8.GetBytes(_event.ToString())), _eventAt.ToUnixTimeMilliseconds()));
        }

        return pending;
    }

    /// <summary>Takes up what an earlier assembler had pending.</summary>
    internal void Restore(IReadOnlyList<PendingText> pending)
    {
        foreach (var text in pending)
        {
            var bytes = Convert.FromBase64String(text.Text);
            var at = DateTimeOffset.FromUnixTimeMilliseconds(text.TimestampMilliseconds);
            if (text.Stream == 0)
            {
                _event.Append(Encoding.UTF8.GetString(bytes));
                _eventBytes = bytes.Length;
                _eventAt = at;
            }
            else
            {
                _partials[text.Stream - 1].Append(bytes, at);
            }
        }
    }

    private void Line(PartialLine partial, List<OutputEvent> events)
    {
        var bytes = partial.Bytes;
        if (bytes is [.., (byte)'\r'])
        {
            bytes = bytes[..^1];
        }

        var line = Encoding.UTF8.GetString(bytes);
        var (count, at) = (Encoding.UTF8.GetByteCount(line), partial.At);
        partial.Clear();
        if (eventStart is null)
        {
            Emit(line, at, count, events);
            return;
        }

        if (IsStart(line) || _eventBytes + count + 1 > MostBytes)
        {
            Flush(events);
        }

        if (_event.Length == 0)
        {
            _eventAt = at;
        }
        else
        {
            _event.Append('\n');
            _eventBytes++;
        }

        _event.Append(line);
        _eventBytes += count;
    }

    private bool IsStart(string line)
    {
        try
        {
            return eventStart!.IsMatch(line);
        }
        catch (RegexMatchTimeoutException)
        {
            return true; // A pattern that takes too long ends the event: nothing is held back for it.
        }
    }

    // Within a batch events must be in order; the two streams are read as they come.
    private void Emit(string message, DateTimeOffset at, int bytes, List<OutputEvent> events)
    {
        if (message.Length > 0)
        {
            _latest = at > _latest ? at : _latest;
            events.Add(new(_latest, message, bytes));
        }
    }

    private sealed class PartialLine
    {
        private byte[] _bytes = [];

        internal int Count { get; private set; }

        internal DateTimeOffset At { get; private set; }

        internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Count);

        internal void Append(ReadOnlySpan<byte> bytes, DateTimeOffset at)
        {
            if (Count == 0)
            {
                At = at;
            }

            if (Count + bytes.Length > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(Count + bytes.Length, Math.Min(MostBytes, _bytes.Length * 2)));
            }

            bytes.CopyTo(_bytes.AsSpan(Count));
            Count += bytes.Length;
        }

        internal void Clear()
        {
            Count = 0;
            if (_bytes.Length > 16 * 1024)
            {
                _bytes = [];
            }
        }
    }
}
