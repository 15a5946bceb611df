using System.Buffers;
using System.Collections.Concurrent;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Output;

/// <summary>Reads the output pipes of all workloads on one thread, which alone closes them: when they end, which is when no process holds them.</summary>
internal sealed unsafe class OutputPump : IDisposable
{
    private const int ReadSize = 64 * 1024;
    private const int PatienceCheckMilliseconds = 250;

    private readonly int _epoll = Libc.EpollCreate(Const.OCloExec);
    private readonly ConcurrentDictionary<int, Pipe> _pipes = new();
    private readonly HashSet<Pipe> _parked = [];
    private readonly ConcurrentQueue<OutputBuffer> _roomMade = new();
    private readonly int _wakeRead;
    private readonly int _wakeWrite;
    private volatile bool _disposed;

    internal OutputPump()
    {
        var fds = stackalloc int[2];
        _ = Libc.Pipe2(fds, Const.OCloExec | Const.ONonBlock);
        (_wakeRead, _wakeWrite) = (fds[0], fds[1]);
        Watch(Const.EpollAdd, _wakeRead);
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "workload output" }.Start();
    }

    /// <summary>Takes over both pipes.</summary>
    internal void Add(int standardOutput, int standardError, OutputBuffer buffer)
    {
        buffer.RoomMade = () =>
        {
            _roomMade.Enqueue(buffer);
            Wake();
        };
        foreach (var (fd, stream) in ((int, LogStream)[])[(standardOutput, LogStream.StandardOutput), (standardError, LogStream.StandardError)])
        {
            _ = Libc.Fcntl(fd, 4, Const.ONonBlock); // F_SETFL
            var pipe = new Pipe { Descriptor = fd, Stream = stream, Buffer = buffer };
            _pipes[fd] = pipe;
            buffer.AddReader(() => ReadAhead(pipe));
            Watch(Const.EpollAdd, fd);
        }
    }

    private void Run()
    {
        var events = stackalloc byte[16 * 32];
        var scratch = new byte[ReadSize];
        while (!_disposed || !_pipes.IsEmpty)
        {
            var count = Libc.EpollWait(_epoll, events, 32, _parked.Count > 0 ? PatienceCheckMilliseconds : -1);
            for (var i = 0; i < count; i++)
            {
                var fd = EpollEvent.Descriptor(events, i);
                if (fd == _wakeRead)
                {
                    Drain(scratch);
                }
                else if (_pipes.TryGetValue(fd, out var pipe))
                {
                    pipe.Buffer.Reading(() => Read(pipe, scratch));
                }
            }
            Unpark();
        }
        _ = Libc.Close(_epoll);
        _ = Libc.Close(_wakeRead);
    }

    private void Read(Pipe pipe, byte[] scratch)
    {
        var room = pipe.Buffer.Room;
        var drop = room == 0 && pipe.Dropping;
        if (room == 0 && !drop)
        {
            // Removed, not masked: an end of the other side would be reported for ever.
            _ = Libc.EpollControl(_epoll, Const.EpollDelete, pipe.Descriptor, null);
            _parked.Add(pipe);
            return;
        }
        nint length;
        fixed (byte* bytes = scratch)
        {
            length = Libc.Read(pipe.Descriptor, bytes, drop ? ReadSize : Math.Min(ReadSize, room));
        }
        if (length > 0 && drop)
        {
            pipe.Dropped += length;
        }
        else if (length > 0)
        {
            pipe.Buffer.Add(pipe.Stream, scratch.AsSpan(0, (int)length), pipe.Dropped);
            pipe.Dropped = 0;
            pipe.Dropping = false;
        }
        else if (length == 0 || Libc.Errno is not (Const.EAgain or Const.EIntr))
        {
            End(pipe);
        }
    }

    /// <summary>Takes what is in the pipe now, on a caller's thread that holds the buffer. The end is left for the pump to find.</summary>
    private static void ReadAhead(Pipe pipe)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(ReadSize);
        fixed (byte* bytes = scratch)
        {
            nint length;
            int room;
            while (!pipe.IsClosed
                && (room = pipe.Buffer.Room) > 0
                && (length = Libc.Read(pipe.Descriptor, bytes, Math.Min(ReadSize, room))) > 0)
            {
                pipe.Buffer.Add(pipe.Stream, scratch.AsSpan(0, (int)length), pipe.Dropped);
                pipe.Dropped = 0;
            }
        }

        ArrayPool<byte>.Shared.Return(scratch);
    }

    private void End(Pipe pipe)
    {
        pipe.IsClosed = true;
        if (pipe.Dropped > 0)
        {
            pipe.Buffer.Add(pipe.Stream, [], pipe.Dropped);
        }
        _pipes.TryRemove(pipe.Descriptor, out _);
        _ = Libc.EpollControl(_epoll, Const.EpollDelete, pipe.Descriptor, null);
        _ = Libc.Close(pipe.Descriptor);
        pipe.Buffer.End();
    }

    private void Unpark()
    {
        while (_roomMade.TryDequeue(out var buffer))
        {
            _parked.RemoveWhere(pipe => pipe.Buffer == buffer && Resume(pipe));
        }
        _parked.RemoveWhere(pipe =>
        {
            if (pipe.Buffer.Room == 0 && !pipe.Buffer.IsPatienceOver)
            {
                return false;
            }
            pipe.Dropping = pipe.Buffer.Room == 0;
            return Resume(pipe);
        });
    }

    private bool Resume(Pipe pipe)
    {
        Watch(Const.EpollAdd, pipe.Descriptor);
        return true;
    }

    private void Drain(byte[] scratch)
    {
        fixed (byte* bytes = scratch)
        {
            while (Libc.Read(_wakeRead, bytes, ReadSize) > 0)
            {
            }
        }
    }

    private void Wake()
    {
        byte one = 1;
        _ = Libc.Write(_wakeWrite, &one, 1);
    }

    private void Watch(int operation, int fd)
    {
        var request = stackalloc byte[16];
        EpollEvent.Write(request, Const.EpollIn, fd);
        _ = Libc.EpollControl(_epoll, operation, fd, request);
    }

    /// <summary>The thread ends once the last pipe has.</summary>
    public void Dispose()
    {
        _disposed = true;
        Wake();
    }

    private sealed class Pipe
    {
        internal required int Descriptor { get; init; }
        internal required LogStream Stream { get; init; }
        internal required OutputBuffer Buffer { get; init; }
        internal long Dropped { get; set; }
        internal bool Dropping { get; set; }

        /// <summary>The descriptor may be somebody else's by now.</summary>
        internal bool IsClosed { get; set; }
    }
}
