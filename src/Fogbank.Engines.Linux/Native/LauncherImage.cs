using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fogbank.Engines.Linux.Native;

/// <summary>
/// A program of some forty instructions that is the first process of every sandbox. It reads a <see cref="LaunchProgram"/> from
/// descriptor 3 and performs it, one system call after the other.
/// </summary>
/// <remarks>
/// Why not fork this process and go on in C#: a fork of a managed process may only return through frames that the garbage collector has
/// not hijacked and must meet no poll of it, and the copy would stay in the sandbox as its first process, with the pages of everything
/// the warden knows of other workloads. This image is started by <c>posix_spawn</c>, knows nothing but its program, and costs two pages.
/// The file exists only as a sealed memory file, so no workload can write to it through <c>/proc/1/exe</c>.
/// The source of the instructions is <c>launcher.md</c> beside this file.
/// </remarks>
internal static class LauncherImage
{
    /// <summary>Where the program is read to. Its operations name absolute addresses.</summary>
    internal const long DataAddress = 0x10000000;

    /// <summary>Most bytes of a program.</summary>
    internal const int DataSize = 0x80000;

    private const long CodeAddress = 0x400000;
    // Where a program lies in its file: as far into a page, whatever its size, as its address is.
    private const int DataOffset = 0x10000;
    private const int HeadersSize = 64 + (3 * 56);

    private static ReadOnlySpan<byte> X64Code =>
    [
        0xbf, 0x03, 0x00, 0x00, 0x00,             // start: mov edi, 3
        0xbe, 0x00, 0x00, 0x00, 0x10,             // mov esi, DataAddress
        0xba, 0x00, 0x00, 0x08, 0x00,             // mov edx, DataSize
        0x45, 0x31, 0xd2,                         // xor r10d, r10d
        0xb8, 0x11, 0x00, 0x00, 0x00,             // mov eax, pread64
        0x0f, 0x05,                               // syscall
        0xbb, 0x10, 0x00, 0x00, 0x10,             // mov ebx, DataAddress + 16
        0x48, 0x8b, 0x03,                         // loop: mov rax, [rbx]
        0x48, 0x8b, 0x7b, 0x08,                   // mov rdi, [rbx+8]
        0x48, 0x8b, 0x73, 0x10,                   // mov rsi, [rbx+16]
        0x48, 0x85, 0xc0,                         // test rax, rax
        0x78, 0x14,                               // js compare
        0x48, 0x8b, 0x53, 0x18,                   // mov rdx, [rbx+24]
        0x4c, 0x8b, 0x53, 0x20,                   // mov r10, [rbx+32]
        0x4c, 0x8b, 0x43, 0x28,                   // mov r8, [rbx+40]
        0x4c, 0x8b, 0x4b, 0x30,                   // mov r9, [rbx+48]
        0x0f, 0x05,                               // syscall
        0xeb, 0x06,                               // jmp done
        0x48, 0x8b, 0x07,                         // compare: mov rax, [rdi]
        0x48, 0x29, 0xf0,                         // sub rax, rsi
        0x48, 0x8b, 0x4b, 0x38,                   // done: mov rcx, [rbx+56]
        0x48, 0x85, 0xc9,                         // test rcx, rcx
        0x74, 0x03,                               // jz 1f
        0x48, 0x89, 0x01,                         // mov [rcx], rax
        0x48, 0x85, 0xc0,                         // 1: test rax, rax
        0x74, 0x08,                               // jz zero
        0x78, 0x0c,                               // js negative
        0x48, 0x8b, 0x5b, 0x50,                   // mov rbx, [rbx+80]
        0xeb, 0xbd,                               // jmp loop
        0x48, 0x8b, 0x5b, 0x48,                   // zero: mov rbx, [rbx+72]
        0xeb, 0xb7,                               // jmp loop
        0x48, 0x89, 0x1c, 0x25, 0x00, 0x00, 0x00, 0x10, // negative: mov [DataAddress], rbx
        0x48, 0x89, 0x04, 0x25, 0x08, 0x00, 0x00, 0x10, // mov [DataAddress+8], rax
        0x48, 0x8b, 0x5b, 0x40,                   // mov rbx, [rbx+64]
        0xeb, 0xa1,                               // jmp loop
    ];

    private static ReadOnlySpan<uint> Arm64Code =>
    [
        0xd2800060, // start: mov x0, #3
        0xd2a20001, // mov x1, #DataAddress
        0xd2a00102, // mov x2, #DataSize
        0xd2800003, // mov x3, #0
        0xd2800868, // mov x8, #pread64
        0xd4000001, // svc #0
        0xd2a20014, // mov x20, #DataAddress
        0x91004293, // add x19, x20, #16
        0xf9400268, // loop: ldr x8, [x19]
        0xa9408660, // ldp x0, x1, [x19, #8]
        0xb7f800a8, // tbnz x8, #63, compare
        0xa9418e62, // ldp x2, x3, [x19, #24]
        0xa9429664, // ldp x4, x5, [x19, #40]
        0xd4000001, // svc #0
        0x14000003, // b done
        0xf9400000, // compare: ldr x0, [x0]
        0xcb010000, // sub x0, x0, x1
        0xf9401e69, // done: ldr x9, [x19, #56]
        0xb4000049, // cbz x9, 1f
        0xf9000120, // str x0, [x9]
        0xb4000080, // 1: cbz x0, zero
        0xb7f800a0, // tbnz x0, #63, negative
        0xf9402a73, // ldr x19, [x19, #80]
        0x17fffff1, // b loop
        0xf9402673, // zero: ldr x19, [x19, #72]
        0x17ffffef, // b loop
        0xf9000293, // negative: str x19, [x20]
        0xf9000680, // str x0, [x20, #8]
        0xf9402273, // ldr x19, [x19, #64]
        0x17ffffeb, // b loop
    ];

    /// <summary>An ELF file that has its program with it, and finds none at descriptor 3.</summary>
    internal static byte[] BuildWith(Architecture architecture, byte[] program)
    {
        var image = Build(architecture);
        var file = new byte[DataOffset + program.Length];
        image.CopyTo(file, 0);
        program.CopyTo(file, DataOffset);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(120 + 8), DataOffset);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(120 + 32), program.Length);
        return file;
    }

    /// <summary>The ELF file.</summary>
    internal static byte[] Build(Architecture architecture)
    {
        var (machine, code) = architecture switch
        {
            Architecture.X64 => ((ushort)62, X64Code.ToArray()),
            Architecture.Arm64 => ((ushort)183, MemoryMarshal.AsBytes(Arm64Code).ToArray()),
            _ => throw new EngineException(EngineErrorKind.Unsupported, $"The process engine does not run on {architecture}."),
        };
        var file = new byte[HeadersSize + code.Length];
        var header = file.AsSpan();
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 2); // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], machine);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], CodeAddress + HeadersSize); // entry
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], 64); // program headers
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], 56);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], 3);
        Segment(header[64..], type: 1, flags: 5, CodeAddress, file.Length, file.Length); // PT_LOAD, read and execute
        Segment(header[120..], type: 1, flags: 6, DataAddress, 0, DataSize); // PT_LOAD, read and write, zeroed
        Segment(header[176..], type: 0x6474e551, flags: 6, 0, 0, 0); // PT_GNU_STACK, not executable
        code.CopyTo(header[HeadersSize..]);
        return file;
    }

    /// <summary>The image of this machine as a sealed memory file; the caller closes the descriptor.</summary>
    internal static unsafe int Open()
    {
        var image = Build(RuntimeInformation.ProcessArchitecture);
        var fd = MemoryFile.Create("fogbank-launcher", executable: true);
        fixed (byte* bytes = image)
        {
            if (Libc.Write(fd, bytes, image.Length) != image.Length || Libc.Fcntl(fd, 1033, 0xf) < 0) // F_ADD_SEALS: seal, shrink, grow, write
            {
                throw new EngineException(EngineErrorKind.StartFailed, $"The launcher could not be written: {Libc.Describe(Libc.Errno)}.");
            }
        }
        return fd;
    }

    private static void Segment(Span<byte> at, uint type, uint flags, long address, long fileSize, long memorySize)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, type);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], flags);
        BinaryPrimitives.WriteInt64LittleEndian(at[16..], address);
        BinaryPrimitives.WriteInt64LittleEndian(at[24..], address);
        BinaryPrimitives.WriteInt64LittleEndian(at[32..], fileSize);
        BinaryPrimitives.WriteInt64LittleEndian(at[40..], memorySize);
        BinaryPrimitives.WriteInt64LittleEndian(at[48..], 0x10000);
    }
}
