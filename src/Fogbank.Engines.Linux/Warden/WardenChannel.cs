using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>
/// One end of the socket pair between region and warden: whole messages, each with up to <see cref="MaxDescriptors"/> descriptors.
/// Sending is thread-safe; receiving belongs to one thread.
/// </summary>
internal sealed unsafe class WardenChannel(int fd) : IDisposable
{
    /// <summary>Largest message. A start with its environment must fit.</summary>
    internal const int MaxMessage = 512 * 1024;

    internal const int MaxDescriptors = 32;

    private readonly byte[] _receiveBuffer = GC.AllocateUninitializedArray<byte>(MaxMessage, pinned: true);
    private readonly Lock _sending = new();
    private bool _closed;

    internal int Descriptor => fd;

    /// <summary>Two connected ends, closed on exec.</summary>
    internal static (int Region, int Warden) CreatePair()
    {
        var fds = stackalloc int[2];
        if (Libc.SocketPair(Const.AfUnix, Const.SockSeqPacket | Const.SockCloExec, 0, fds) < 0)
        {
            throw new EngineException(EngineErrorKind.ResourceExhausted, $"socketpair failed: {Libc.Describe(Libc.Errno)}.");
        }
        for (var i = 0; i < 2; i++)
        {
            var size = MaxMessage * 2;
            if (Libc.SetSockOpt(fds[i], Const.SolSocket, 32, &size, sizeof(int)) < 0) // SO_SNDBUFFORCE, for root
            {
                _ = Libc.SetSockOpt(fds[i], Const.SolSocket, 7, &size, sizeof(int)); // SO_SNDBUF, up to the machine's limit
            }
        }
        return (fds[0], fds[1]);
    }

    /// <summary>Sends a message; false when the other end is gone.</summary>
    internal bool Send(ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        const int headerSize = 16;
        var control = stackalloc long[(headerSize + (MaxDescriptors * 4)) / 8];
        fixed (byte* bytes = message)
        {
            Libc.IoVector vector = new() { Base = bytes, Length = message.Length };
            Libc.MessageHeader header = new() { Vectors = &vector, VectorCount = 1 };
            if (!descriptors.IsEmpty)
            {
                var length = headerSize + (descriptors.Length * 4);
                control[0] = length;
                ((int*)control)[2] = Const.SolSocket;
                ((int*)control)[3] = 1; // SCM_RIGHTS
                descriptors.CopyTo(new Span<int>((byte*)control + headerSize, descriptors.Length));
                header.Control = control;
                header.ControlLength = (length + 7) & ~7;
            }
            lock (_sending)
            {
                while (!_closed)
                {
                    if (Libc.SendMsg(fd, &header, 0x4000) >= 0) // MSG_NOSIGNAL
                    {
                        return true;
                    }
                    switch (Libc.Errno)
                    {
                        case Const.EIntr:
                            continue;
                        case 90: // EMSGSIZE
                            throw new EngineException(EngineErrorKind.InvalidSpec, "The workload's command and environment are too large for this machine.");
                        default:
                            return false;
                    }
                }
                return false;
            }
        }
    }

    /// <summary>Waits for the next message; null when the other end is gone. The memory is valid until the next call.</summary>
    internal ReadOnlyMemory<byte>? Receive(List<int> descriptors)
    {
        descriptors.Clear();
        const int controlSize = 16 + (MaxDescriptors * 4);
        var control = stackalloc long[controlSize / 8];
        fixed (byte* bytes = _receiveBuffer)
        {
            Libc.IoVector vector = new() { Base = bytes, Length = MaxMessage };
            while (true)
            {
                Libc.MessageHeader header = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = controlSize };
                var read = Libc.RecvMsg(fd, &header, 0x40000000); // MSG_CMSG_CLOEXEC
                if (read < 0 && Libc.Errno == Const.EIntr)
                {
                    continue;
                }
                if (read <= 0)
                {
                    return null;
                }
                if (header.ControlLength >= 16 && ((int*)control)[3] == 1)
                {
                    var count = (int)(control[0] - 16) / 4;
                    for (var i = 0; i < count; i++)
                    {
                        descriptors.Add(((int*)((byte*)control + 16))[i]);
                    }
                }
                return _receiveBuffer.AsMemory(0, (int)read);
            }
        }
    }

    /// <summary>Wakes the receiving thread, which then sees the end.</summary>
    internal void Shutdown()
    {
        lock (_sending)
        {
            // Once closed, the number may be somebody else's socket.
            if (!_closed)
            {
                _ = Libc.Shutdown(fd, 2);
            }
        }
    }

    public void Dispose()
    {
        lock (_sending)
        {
            if (!_closed)
            {
                _closed = true;
                _ = Libc.Close(fd);
            }
        }
    }
}
