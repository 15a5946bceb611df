using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Fogbank.Wire.Dns;

/// <summary>The little of RFC 1035 that answering one's own names takes. Everything else passes through as it came.</summary>
internal static class DnsMessage
{
    internal const int HeaderSize = 12;
    internal const int MaxSize = 65535;

    internal const int TypeA = 1, TypePtr = 12, TypeAny = 255;

    /// <summary>The answer was not to be had.</summary>
    internal const int ServerFailure = 2;

    private const int TimeToLive = 60;

    /// <summary>The question of a query with exactly one; null for everything else.</summary>
    internal static DnsQuestion? ReadQuestion(ReadOnlySpan<byte> message)
    {
        // A query, of the standard kind, with one question.
        if (message.Length < HeaderSize + 5 || (message[2] & 0xf8) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return null;
        }
        StringBuilder name = new();
        var at = HeaderSize;
        while (true)
        {
            if (at >= message.Length || message[at] > 63) // questions use no pointers
            {
                return null;
            }
            int length = message[at++];
            if (length == 0)
            {
                break;
            }
            if (at + length > message.Length || name.Length + length > 254)
            {
                return null;
            }
            if (name.Length > 0)
            {
                name.Append('.');
            }
            foreach (var b in message.Slice(at, length))
            {
                if (b is < 0x21 or > 0x7e or (byte)'.')
                {
                    return null;
                }
                name.Append(char.ToLowerInvariant((char)b));
            }
            at += length;
        }
        return at + 4 > message.Length ? null
            : new(name.ToString(), BinaryPrimitives.ReadUInt16BigEndian(message[at..]), BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]), at + 4);
    }

    /// <summary>An answer with one record, or with none where the name has no record of the type asked for.</summary>
    internal static byte[] Answer(ReadOnlySpan<byte> query, DnsQuestion question, int type, ReadOnlySpan<byte> data)
    {
        var has = !data.IsEmpty && question.Class is 1 or 255 && (question.Type == type || question.Type == TypeAny);
        var answer = new byte[question.End + (has ? 12 + data.Length : 0)];
        query[..question.End].CopyTo(answer);
        Head(answer, 0, authoritative: true);
        if (has)
        {
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), 1);
            var record = answer.AsSpan(question.End);
            BinaryPrimitives.WriteUInt16BigEndian(record, 0xc000 | HeaderSize); // the name is that of the question
            BinaryPrimitives.WriteUInt16BigEndian(record[2..], (ushort)type);
            BinaryPrimitives.WriteUInt16BigEndian(record[4..], 1);
            BinaryPrimitives.WriteInt32BigEndian(record[6..], TimeToLive);
            BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)data.Length);
            data.CopyTo(record[12..]);
        }
        return answer;
    }

    /// <summary>An answer that says only what went wrong.</summary>
    internal static byte[] Failure(ReadOnlySpan<byte> query, int code)
    {
        var end = ReadQuestion(query)?.End ?? HeaderSize;
        var answer = query[..end].ToArray();
        if (end == HeaderSize)
        {
            answer.AsSpan(4, 2).Clear();
        }
        Head(answer, code, authoritative: false);
        return answer;
    }

    /// <summary>The name that does not exist, in a domain that we know all of.</summary>
    internal static byte[] NoSuchName(ReadOnlySpan<byte> query)
    {
        const int noSuchName = 3;
        var answer = Failure(query, noSuchName);
        answer[2] |= 4;
        return answer;
    }

    /// <summary>A name as it stands in a record.</summary>
    internal static byte[] Encode(string name)
    {
        List<byte> bytes = [];
        foreach (var label in name.Split('.'))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }
        bytes.Add(0);
        return [.. bytes];
    }

    /// <summary>The address that <c>ip-172-31-0-5</c> stands for.</summary>
    internal static IPAddress? AddressOfLabel(string label)
    {
        var parts = label.Split('-');
        return parts.Length == 5 && parts[0] == "ip" && parts.Skip(1).All(IsByte)
            ? new IPAddress([.. parts.Skip(1).Select(part => byte.Parse(part, System.Globalization.CultureInfo.InvariantCulture))])
            : null;
    }

    /// <summary>The address that <c>5.0.31.172.in-addr.arpa</c> stands for.</summary>
    internal static IPAddress? AddressOfReverse(string name)
    {
        const string suffix = ".in-addr.arpa";
        var parts = name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length].Split('.') : [];
        return parts.Length == 4 && parts.All(IsByte)
            ? new IPAddress([.. parts.Reverse().Select(part => byte.Parse(part, System.Globalization.CultureInfo.InvariantCulture))])
            : null;
    }

    private static bool IsByte(string text) => text.Length is > 0 and <= 3 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0')
        && int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) < 256;

    private static void Head(Span<byte> answer, int code, bool authoritative)
    {
        answer[2] = (byte)(0x80 | (answer[2] & 0x79) | (authoritative ? 4 : 0));
        answer[3] = (byte)(0x80 | code); // recursion is to be had
        answer[6..12].Clear();
    }
}
