using System.Buffers.Text;
using System.Text;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Cgroups;

/// <summary>Small reads and writes of control files, without the buffering of ordinary files.</summary>
internal static unsafe class CgroupFile
{
    /// <summary>Writes a value; the error number, or 0.</summary>
    internal static int TryWrite(string path, string value)
    {
        var fd = Libc.Open(path, Const.OWrOnly | Const.OCloExec);
        if (fd < 0)
        {
            return Libc.Errno;
        }
        var bytes = Encoding.ASCII.GetBytes(value);
        fixed (byte* start = bytes)
        {
            var error = Libc.Write(fd, start, bytes.Length) < 0 ? Libc.Errno : 0;
            _ = Libc.Close(fd);
            return error;
        }
    }

    /// <summary>Writes a value that must be taken.</summary>
    internal static void Write(string path, string value)
    {
        var error = TryWrite(path, value);
        if (error != 0)
        {
            throw new EngineException(EngineErrorKind.StartFailed, $"{path} did not take {value}: {Libc.Describe(error)}.");
        }
    }

    /// <summary>The file's text up to 8 KiB, or null when it cannot be read.</summary>
    internal static string? TryRead(string path)
    {
        var fd = Libc.Open(path, Const.ORdOnly | Const.OCloExec);
        if (fd < 0)
        {
            return null;
        }
        var buffer = stackalloc byte[8192];
        var length = Libc.Read(fd, buffer, 8192);
        _ = Libc.Close(fd);
        return length < 0 ? null : Encoding.ASCII.GetString(buffer, (int)length);
    }

    /// <summary>A file that holds one number; 0 when it cannot be read or says <c>max</c>.</summary>
    internal static long ReadNumber(string path)
    {
        var text = TryRead(path);
        return text is not null && Utf8Parser.TryParse(Encoding.ASCII.GetBytes(text), out long value, out _) ? value : 0;
    }

    /// <summary>The number behind <paramref name="name"/> in a file of <c>name number</c> lines; 0 when absent.</summary>
    internal static long ReadField(string path, string name) => Field(TryRead(path), name);

    /// <summary>The same in text that was read already.</summary>
    internal static long Field(string? text, string name)
    {
        foreach (var line in (text ?? "").AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ' ')
            {
                return long.TryParse(line[(name.Length + 1)..], out var value) ? value : 0;
            }
        }
        return 0;
    }
}
