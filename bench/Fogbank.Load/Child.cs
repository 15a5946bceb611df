using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fogbank.Load;

/// <summary>A server under measurement: started, polled until it answers, looked at through /proc, ended.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    private Child(Process process, int port, long startedAt)
    {
        _process = process;
        Port = port;
        StartedAt = startedAt;
    }

    public int Port { get; }

    public int Pid => _process.Id;

    public long StartedAt { get; }

    /// <summary>From exec to the first whole answer.</summary>
    public double AnsweredMilliseconds { get; private set; }

    /// <summary>CPU of all threads until then.</summary>
    public double CpuMilliseconds { get; private set; }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public static Child Start(string program, int port, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var at = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        var child = new Child(process, port, at);
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += child.OnError;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Asks until somebody answers.</summary>
    public Child WaitUntilAnswers(string path)
    {
        var request = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{Port}\r\n\r\n"));
        var endpoint = new IPEndPoint(IPAddress.Loopback, Port);
        while (true)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The server ended: {_errors}");
            }

            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (TryConnect(socket, endpoint))
            {
                socket.Send(request);
                var answer = new byte[8192];
                var count = socket.Receive(answer);
                AnsweredMilliseconds = Stopwatch.GetElapsedTime(StartedAt).TotalMilliseconds;
                CpuMilliseconds = Cpu(Pid);
                return count > 12 && answer.AsSpan(9, 3).SequenceEqual("200"u8)
                    ? this
                    : throw new InvalidOperationException($"The first answer was no success: {Encoding.ASCII.GetString(answer, 0, count)}");
            }

            Native.Nap(TimeSpan.FromMicroseconds(100));
        }
    }

    /// <summary>Resident and anonymous memory in MiB.</summary>
    public (double Rss, double Anonymous) Memory() => Memory(Pid);

    public static (double Rss, double Anonymous) Memory(int pid)
    {
        double rss = 0, anonymous = 0;
        foreach (var line in File.ReadLines($"/proc/{pid}/smaps_rollup"))
        {
            if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                rss = Kilobytes(line);
            }
            else if (line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                anonymous = Kilobytes(line);
            }
        }

        return (rss / 1024, anonymous / 1024);
    }

    public int Threads => Directory.GetDirectories($"/proc/{Pid}/task").Length;

    /// <summary>Asks it to end and waits.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Native.Terminate(Pid);
            if (!_process.WaitForExit(15_000))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }

    private readonly StringBuilder _errors = new();

    private void OnError(object sender, DataReceivedEventArgs line)
    {
        if (_errors.Length < 10_000)
        {
            _errors.AppendLine(line.Data);
        }
    }

    private static bool TryConnect(Socket socket, IPEndPoint endpoint)
    {
        try
        {
            socket.Connect(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static double Kilobytes(string line) =>
        double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private static double Cpu(int pid)
    {
        double nanoseconds = 0;
        foreach (var task in Directory.GetDirectories($"/proc/{pid}/task"))
        {
            nanoseconds += double.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
        }

        return nanoseconds / 1e6;
    }
}
