using System.Buffers;
using System.Text;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Store;

/// <summary>Queue rows in binary: the payload of up to 1 MB stands in them as it came.</summary>
internal sealed class AsyncEventCodec : ICodec<AsyncEventRecord>
{
    private const byte Version = 1;

    public void Write(IBufferWriter<byte> target, AsyncEventRecord value)
    {
        using var stream = new MemoryStream(256);
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(value.RequestId);
            writer.Write(value.FunctionName);
            WriteOptional(writer, value.Qualifier);
            WriteOptional(writer, value.ClientContext);
            WriteOptional(writer, value.TraceHeader);
            writer.Write(value.AcceptedAt.UtcTicks);
            writer.Write(value.FailedAttempts);
            writer.Write(value.ThrottledAttempts);
            writer.Write(value.IsDone);
            writer.Write(value.IsRepeatable);
            writer.Write(value.WakeAt.UtcTicks);
            writer.Write(value.Payload.Length);
        }

        target.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        target.Write(value.Payload.Span);
    }

    public AsyncEventRecord Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()), Encoding.UTF8);
            if (reader.ReadByte() != Version)
            {
                throw new FormatException("A queued event is of an unknown version.");
            }

            return new AsyncEventRecord
            {
                RequestId = reader.ReadString(),
                FunctionName = reader.ReadString(),
                Qualifier = ReadOptional(reader),
                ClientContext = ReadOptional(reader),
                TraceHeader = ReadOptional(reader),
                AcceptedAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
                FailedAttempts = reader.ReadInt32(),
                ThrottledAttempts = reader.ReadInt32(),
                IsDone = reader.ReadBoolean(),
                IsRepeatable = reader.ReadBoolean(),
                WakeAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
                Payload = ReadPayload(reader),
            };
        }
        catch (Exception damaged) when (damaged is IOException or ArgumentException)
        {
            throw new FormatException("A queued event cannot be read.", damaged);
        }
    }

    private static byte[] ReadPayload(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length < 0)
        {
            throw new FormatException("A queued event cannot be read.");
        }

        var payload = reader.ReadBytes(length);
        return payload.Length == length ? payload : throw new FormatException("A queued event is cut off.");
    }

    private static void WriteOptional(BinaryWriter writer, string? value)
    {
        writer.Write(value is not null);
        if (value is not null)
        {
            writer.Write(value);
        }
    }

    private static string? ReadOptional(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;
}
