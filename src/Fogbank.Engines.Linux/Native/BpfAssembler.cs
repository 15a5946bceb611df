using System.Buffers.Binary;

namespace Fogbank.Engines.Linux.Native;

/// <summary>Assembles system-call filters.</summary>
internal sealed class BpfAssembler
{
    internal const uint NotPermitted = 1, NoSuchCall = 38;

    private const ushort Load = 0x20, JumpEqual = 0x15, JumpGreaterOrEqual = 0x35, JumpSet = 0x45, Return = 0x06;
    private const uint Passes = 0x7fff0000, Errno = 0x00050000, KillProcess = 0x80000000;
    private const uint NumberOffset = 0, ArchitectureOffset = 4, ArgumentsOffset = 16;

    private readonly List<byte> _code = [];

    /// <summary>Ends processes that call by a foreign architecture's numbers, and looks at the number.</summary>
    internal void Begin(bool x64)
    {
        Emit(Load, ArchitectureOffset);
        Emit(JumpEqual, x64 ? 0xc000003eu : 0xc00000b7u, 1, 0);
        Emit(Return, KillProcess);
        Emit(Load, NumberOffset);
    }

    /// <summary>Denies a call.</summary>
    internal void Deny(uint number, uint errno)
    {
        Emit(JumpEqual, number, 0, 1);
        Emit(Return, Errno | errno);
    }

    /// <summary>Denies a call and all above it.</summary>
    internal void DenyFrom(uint number, uint errno)
    {
        Emit(JumpGreaterOrEqual, number, 0, 1);
        Emit(Return, Errno | errno);
    }

    /// <summary>Denies a call when an argument has one of these bits.</summary>
    internal void DenyWhenArgumentHas(uint number, uint argument, uint bits) => When(number, argument, JumpSet, bits);

    /// <summary>Denies a call when the lower half of an argument is this.</summary>
    internal void DenyWhenArgumentIs(uint number, uint argument, uint value) => When(number, argument, JumpEqual, value);

    internal void Allow() => Emit(Return, Passes);

    internal byte[] ToArray() => [.. _code];

    private void When(uint number, uint argument, ushort test, uint value)
    {
        Emit(JumpEqual, number, 0, 4);
        Emit(Load, ArgumentsOffset + (argument * 8));
        Emit(test, value, 0, 1);
        Emit(Return, Errno | NotPermitted);
        Emit(Load, NumberOffset);
    }

    private void Emit(ushort operation, uint value, byte whenTrue = 0, byte whenFalse = 0)
    {
        Span<byte> instruction = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(instruction, operation);
        instruction[2] = whenTrue;
        instruction[3] = whenFalse;
        BinaryPrimitives.WriteUInt32LittleEndian(instruction[4..], value);
        _code.AddRange(instruction);
    }
}
