using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Domain;

/// <summary>An event as it is stored; its time stands beside it.</summary>
internal sealed record LogEventRecord(string Message, DateTimeOffset IngestedAt);

/// <summary>Eight bytes of ingestion time in milliseconds, then the message in UTF-8. The log is the hot path of ingestion.</summary>
internal sealed class LogEventCodec : ICodec<LogEventRecord>
{
    public void Write(IBufferWriter<byte> target, LogEventRecord value)
    {
        var span = target.GetSpan(8 + Encoding.UTF8.GetMaxByteCount(value.Message.Length));
        BinaryPrimitives.WriteInt64LittleEndian(span, value.IngestedAt.ToUnixTimeMilliseconds());
        target.Advance(8 + Encoding.UTF8.GetBytes(value.Message, span[8..]));
    }

    public LogEventRecord Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length < 8
            ? throw new FormatException("A log event is shorter than its header.")
            : new(Encoding.UTF8.GetString(bytes[8..]), DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes)));
}
