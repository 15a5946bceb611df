using System.Buffers.Binary;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Network.Netlink;

/// <summary>
/// A socket to a part of the kernel's network in the namespace in which the calling thread was when it made it: from then on it can be used
/// from any. One request at a time; callers wait for each other.
/// </summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    internal const int Route = 0, Netfilter = 12;

    private const int AfNetlink = 16, SockRaw = 3, SolNetlink = 270;
    private const int TypeError = 2, TypeDone = 3;

    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly int _fd;
    private uint _sequence;
    private bool _closed;

    internal NetlinkSocket(int protocol)
    {
        _fd = Libc.Socket(AfNetlink, SockRaw | Const.SockCloExec, protocol);
        if (_fd < 0)
        {
            throw new EngineException(EngineErrorKind.Unsupported, $"The kernel's network cannot be reached by netlink: {Libc.Describe(Libc.Errno)}.");
        }
        Set(SolNetlink, 10, 1); // NETLINK_CAP_ACK: errors do not repeat the request
        Set(SolNetlink, 11, 1); // NETLINK_EXT_ACK: errors say what was wrong
        var limit = stackalloc long[2];
        limit[0] = 10;
        _ = Libc.SetSockOpt(_fd, Const.SolSocket, 20, limit, 16); // SO_RCVTIMEO
        Set(Const.SolSocket, 8, 1024 * 1024); // SO_RCVBUF: dumps and the acknowledgements of a batch
    }

    /// <summary>Sends one message and waits for its acknowledgement.</summary>
    internal void Send(NetlinkMessage message) => Send([message]);

    /// <summary>Sends several at once; the kernel performs them in their order, and the first that fails is thrown when all were answered.</summary>
    internal void Send(IReadOnlyList<NetlinkMessage> messages)
    {
        if (TrySend(messages) is { } failure)
        {
            throw Failed(failure.Message, failure.Error, failure.Reason);
        }
    }

    /// <summary>As <see cref="Send(NetlinkMessage)"/>; false when the kernel answered with <paramref name="tolerated"/>.</summary>
    internal bool TrySend(NetlinkMessage message, int tolerated)
    {
        if (TrySend([message]) is not { } failure)
        {
            return true;
        }
        return failure.Error == tolerated ? false : throw Failed(failure.Message, failure.Error, failure.Reason);
    }

    /// <summary>Sends, and gives the first failure back instead of throwing it.</summary>
    internal (NetlinkMessage Message, int Error, string Reason)? TrySend(IReadOnlyList<NetlinkMessage> messages)
    {
        lock (_gate)
        {
            var first = Write(messages);
            var waiting = messages.Count(message => message.IsAcknowledged);
            (NetlinkMessage, int, string)? failure = null;
            while (waiting > 0)
            {
                var received = Receive(messages[0].What);
                while (received.Length >= NetlinkMessage.HeaderSize)
                {
                    var message = Next(ref received, out var type, out var sequence);
                    var index = sequence - first;
                    if (type != TypeError || index >= messages.Count)
                    {
                        continue; // the rest of an earlier request that was broken off
                    }
                    var error = -BinaryPrimitives.ReadInt32LittleEndian(message);
                    if (error != 0)
                    {
                        failure ??= (messages[(int)index], error, Reason(message));
                        if (!messages[(int)index].IsAcknowledged)
                        {
                            return failure; // the frame of a batch, after which nothing else is answered
                        }
                    }
                    waiting--;
                }
            }
            return failure;
        }
    }

    /// <summary>Asks for a list (or for one thing, where the request is no dump; none when it is not there) and calls back with the content of each answer (structure, then attributes).</summary>
    internal List<T> Dump<T>(NetlinkMessage request, Answer<T> read)
    {
        lock (_gate)
        {
            var own = Write([request]);
            List<T> found = [];
            while (true)
            {
                var received = Receive(request.What);
                while (received.Length >= NetlinkMessage.HeaderSize)
                {
                    var message = Next(ref received, out var type, out var sequence);
                    if (sequence != own)
                    {
                        continue;
                    }
                    if (type is TypeDone)
                    {
                        return found;
                    }
                    if (type is TypeError)
                    {
                        var error = -BinaryPrimitives.ReadInt32LittleEndian(message);
                        return error is 0 or Const.ENoEnt or 19 ? found : throw Failed(request, error, Reason(message));
                    }
                    if (read(message, out var value))
                    {
                        found.Add(value);
                    }
                    if (!request.IsDump)
                    {
                        return found;
                    }
                }
            }
        }
    }

    /// <summary>Is told of changes from now on, by the number of a group of them; such a socket is for nothing else.</summary>
    internal void Subscribe(int group)
    {
        // One without a number of its own is taken for the kernel itself, which is not told what it has done.
        var address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        address[0] = AfNetlink;
        if (Libc.Bind(_fd, address, 12) < 0)
        {
            throw new EngineException(EngineErrorKind.StartFailed, $"The kernel's network cannot be watched: {Libc.Describe(Libc.Errno)}.");
        }
        Set(SolNetlink, 1, group); // NETLINK_ADD_MEMBERSHIP
    }

    /// <summary>Waits for changes on either of two sockets and forgets what they were; false when there was none within the time.</summary>
    internal static bool WaitForChange(NetlinkSocket one, NetlinkSocket other, int milliseconds)
    {
        var polls = stackalloc Libc.PollFd[2];
        polls[0] = new() { Fd = one._fd, Events = Const.PollIn };
        polls[1] = new() { Fd = other._fd, Events = Const.PollIn };
        if (Libc.Poll(polls, 2, milliseconds) <= 0)
        {
            return false;
        }
        for (var i = 0; i < 2; i++)
        {
            fixed (byte* buffer = (i == 0 ? one : other)._buffer)
            {
                const int dontWait = 0x40;
                Libc.IoVector vector = new() { Base = buffer, Length = one._buffer.Length };
                Libc.MessageHeader header = new() { Vectors = &vector, VectorCount = 1 };
                while (Libc.RecvMsg(polls[i].Fd, &header, dontWait) > 0 || Libc.Errno == 105) // ENOBUFS: some were lost, which is as good as one
                {
                }
            }
        }
        return true;
    }

    /// <summary>
    /// Has the kernel notice at once that a device can be used. It does so by itself a little later, and until then drops what is sent.
    /// </summary>
    internal void Settle(string device)
    {
        var question = stackalloc int[2];
        question[0] = 10; // ETHTOOL_GLINK: its answer must be true, so it brings the device's state up to date
        var request = stackalloc byte[40]; // struct ifreq
        System.Text.Encoding.ASCII.GetBytes(device, new Span<byte>(request, 15));
        *(int**)(request + 16) = question;
        _ = Libc.Ioctl(_fd, 0x8946, request); // SIOCETHTOOL
    }

    internal delegate bool Answer<T>(ReadOnlySpan<byte> content, out T value);

    private uint Write(IReadOnlyList<NetlinkMessage> messages)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var first = _sequence + 1;
        using MemoryStream bytes = new();
        foreach (var message in messages)
        {
            bytes.Write(message.Finish(++_sequence));
        }
        fixed (byte* pointer = bytes.GetBuffer())
        {
            if (Libc.Write(_fd, pointer, (nint)bytes.Length) < 0)
            {
                throw Failed(messages[0], Libc.Errno, "");
            }
        }
        return first;
    }

    private ReadOnlySpan<byte> Receive(string what)
    {
        fixed (byte* pointer = _buffer)
        {
            nint count;
            do
            {
                count = Libc.Read(_fd, pointer, _buffer.Length);
            }
            while (count < 0 && Libc.Errno == Const.EIntr);
            return count > 0 ? _buffer.AsSpan(0, (int)count)
                : throw new EngineException(EngineErrorKind.StartFailed, $"The kernel did not answer ({what}): {Libc.Describe(Libc.Errno)}.");
        }
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> received, out int type, out uint sequence)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(received);
        type = BinaryPrimitives.ReadUInt16LittleEndian(received[4..]);
        sequence = BinaryPrimitives.ReadUInt32LittleEndian(received[8..]);
        if (length < NetlinkMessage.HeaderSize || length > received.Length)
        {
            throw new EngineException(EngineErrorKind.StartFailed, "The kernel's answer was cut off.");
        }
        var message = received[NetlinkMessage.HeaderSize..length];
        received = received[Math.Min((length + 3) & ~3, received.Length)..];
        return message;
    }

    // After the error number stands the header of the request, then attributes, of which the first is a text.
    private static string Reason(ReadOnlySpan<byte> error) =>
        error.Length > 20 && NetlinkMessage.Find(error[20..], 1) is { IsEmpty: false } text ? " " + NetlinkMessage.Text(text) : "";

    private static EngineException Failed(NetlinkMessage message, int error, string reason) => new(
        error switch
        {
            Const.ENoMem or Const.ENFile or Const.EMFile or Const.ENoSpc => EngineErrorKind.ResourceExhausted,
            Const.EPerm or Const.EAcces or Const.ENoSys or 95 => EngineErrorKind.Unsupported, // EOPNOTSUPP
            _ => EngineErrorKind.StartFailed,
        },
        $"The network could not be made ({message.What}): {Libc.Describe(error)}.{reason}");

    private void Set(int level, int option, int value) => _ = Libc.SetSockOpt(_fd, level, option, &value, 4);

    public void Dispose()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _closed = true;
                _ = Libc.Close(_fd);
            }
        }
    }
}
