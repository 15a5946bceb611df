using System.Buffers.Binary;
using System.Text;

namespace Fogbank.Engines.Linux.Native;

/// <summary>
/// A list of system calls with three continuations each (result negative, zero, positive), which <see cref="LauncherImage"/> performs.
/// Strings and structures lie behind the operations; results can be stored into the arguments of later operations.
/// </summary>
internal sealed class LaunchProgram
{
    private const int OperationSize = 88;
    private const int OperationsSize = 0x8000;
    private const long FirstOperation = LauncherImage.DataAddress + 16;

    private readonly List<Operation> _operations = [];
    private readonly List<byte> _data = [];
    private readonly Dictionary<string, long> _texts = new(StringComparer.Ordinal);

    /// <summary>Where the failure path begins; every operation goes there on a negative result unless told otherwise. Set by <see cref="Fail"/>.</summary>
    private Label? _failure;

    /// <summary>Adds a system call. <paramref name="what"/> names it in the error message.</summary>
    internal Operation Call(string what, long number, params ReadOnlySpan<long> arguments)
    {
        var operation = new Operation(this, _operations.Count, what, number, arguments.ToArray());
        _operations.Add(operation);
        return operation;
    }

    /// <summary>Adds a comparison: goes on as if a call had returned the 64-bit value at <paramref name="address"/> minus <paramref name="value"/>.</summary>
    internal Operation Compare(long address, long value) => Call("compare", -1, address, value);

    /// <summary>From here on, failed operations report to <paramref name="errorDescriptor"/> and end the process. Call it last.</summary>
    internal void Fail(int errorDescriptor)
    {
        _failure = Here();
        Call("report", Sys.Write, errorDescriptor, LauncherImage.DataAddress, 16).Ignore();
        Call("exit", Sys.ExitGroup, 125).Ignore();
    }

    /// <summary>A name for the next operation that is added.</summary>
    internal Label Here() => new() { Index = _operations.Count };

    /// <summary>The address of a NUL-terminated string.</summary>
    internal long Text(string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, "Strings of a workload cannot contain NUL.");
        }
        if (!_texts.TryGetValue(value, out var address))
        {
            address = Bytes([.. Encoding.UTF8.GetBytes(value), 0]);
            _texts.Add(value, address);
        }
        return address;
    }

    /// <summary>The address of a structure, aligned to 8 bytes.</summary>
    internal long Bytes(ReadOnlySpan<byte> value)
    {
        while (_data.Count % 8 != 0)
        {
            _data.Add(0);
        }
        var address = LauncherImage.DataAddress + OperationsSize + _data.Count;
        _data.AddRange(value);
        return address;
    }

    /// <summary>The address of 64-bit numbers in a row.</summary>
    internal long Longs(params ReadOnlySpan<long> values)
    {
        var bytes = new byte[values.Length * 8];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 8), values[i]);
        }
        return Bytes(bytes);
    }

    /// <summary>The address of a NULL-terminated vector of strings, as <c>execve</c> takes.</summary>
    internal long Texts(IEnumerable<string> values) => Longs([.. values.Select(Text), 0]);

    /// <summary>The finished program.</summary>
    internal byte[] Build()
    {
        if (OperationsSize + _data.Count > LauncherImage.DataSize)
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, "Command and environment of the workload are too large.");
        }
        if (16 + (_operations.Count * OperationSize) > OperationsSize)
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, "The workload has too many mounts.");
        }
        var image = new byte[OperationsSize + _data.Count];
        foreach (var operation in _operations)
        {
            operation.Write(image.AsSpan(16 + (operation.Index * OperationSize), OperationSize), _failure!);
        }
        _data.CopyTo(image, OperationsSize);
        return image;
    }

    /// <summary>What the operation at an address was for.</summary>
    internal string Describe(long address)
    {
        var index = (address - FirstOperation) / OperationSize;
        return index >= 0 && index < _operations.Count ? _operations[(int)index].What : "unknown step";
    }

    private static long AddressOf(int index) => FirstOperation + (index * OperationSize);

    /// <summary>A place in the program.</summary>
    internal sealed class Label
    {
        internal int Index { get; set; } = -1;
    }

    /// <summary>One system call of the program.</summary>
    internal sealed class Operation(LaunchProgram program, int index, string what, long number, long[] arguments)
    {
        private Label? _negative;
        private Label? _zero;
        private Label? _positive;
        private long _out;

        internal int Index => index;

        internal string What => what;

        /// <summary>The address of an argument, so that an earlier operation can fill it in.</summary>
        internal long Argument(int position) => AddressOf(index) + 8 + (position * 8);

        /// <summary>Goes on with the next operation whatever the result.</summary>
        internal Operation Ignore()
        {
            _negative = new Label { Index = index + 1 };
            return this;
        }

        internal Operation OnNegative(Label label)
        {
            _negative = label;
            return this;
        }

        internal Operation OnZero(Label label)
        {
            _zero = label;
            return this;
        }

        internal Operation OnPositive(Label label)
        {
            _positive = label;
            return this;
        }

        /// <summary>Stores the 64-bit result at an address.</summary>
        internal Operation Into(long address)
        {
            _out = address;
            return this;
        }

        /// <summary>Binds a label made with <c>new</c> to the operation after this one.</summary>
        internal Operation Then(Label label)
        {
            label.Index = program._operations.Count;
            return this;
        }

        internal void Write(Span<byte> at, Label failure)
        {
            BinaryPrimitives.WriteInt64LittleEndian(at, number);
            for (var i = 0; i < arguments.Length; i++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(at[(8 + (i * 8))..], arguments[i]);
            }
            BinaryPrimitives.WriteInt64LittleEndian(at[56..], _out);
            BinaryPrimitives.WriteInt64LittleEndian(at[64..], AddressOf((_negative ?? failure).Index));
            BinaryPrimitives.WriteInt64LittleEndian(at[72..], AddressOf(_zero?.Index ?? index + 1));
            BinaryPrimitives.WriteInt64LittleEndian(at[80..], AddressOf(_positive?.Index ?? index + 1));
        }
    }
}
