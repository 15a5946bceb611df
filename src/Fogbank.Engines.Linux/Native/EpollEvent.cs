using System.Runtime.InteropServices;

namespace Fogbank.Engines.Linux.Native;

/// <summary><c>struct epoll_event</c>: packed to 12 bytes on x64, 16 elsewhere.</summary>
internal static unsafe class EpollEvent
{
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private static int Size => Packed ? 12 : 16;

    private static int DataOffset => Packed ? 4 : 8;

    internal static void Write(byte* at, uint events, int descriptor)
    {
        *(uint*)at = events;
        *(long*)(at + DataOffset) = descriptor;
    }

    internal static int Descriptor(byte* events, int index) => *(int*)(events + (index * Size) + DataOffset);
}
