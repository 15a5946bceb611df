using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fogbank.Load;

/// <summary>The runtime client that Fogbank gives a Python function, started as a plain process: no sandbox, no limits.</summary>
internal sealed class PythonRuntime : IDisposable
{
    private readonly Process _process;

    private PythonRuntime(Process process) => _process = process;

    /// <summary>Writes the function that does nothing and compiles the client, as Fogbank does once a machine.</summary>
    public static void Prepare(Settings settings, string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "task"));
        File.WriteAllText(Path.Combine(folder, "task", "index.py"), "def handler(event, context):\n    return None\n");
        var client = Directory.CreateDirectory(Path.Combine(folder, "client")).FullName;
        foreach (var file in Directory.GetFiles(settings.Runtime, "*.py"))
        {
            File.Copy(file, Path.Combine(client, Path.GetFileName(file)), overwrite: true);
        }

        using var compiling = Process.Start(new ProcessStartInfo(settings.Python, ["-S", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", client]))!;
        compiling.WaitForExit();
    }

    public static PythonRuntime Start(Settings settings, string folder, int port)
    {
        var client = Path.Combine(folder, "client");
        var start = new ProcessStartInfo(settings.Python, ["-S", "-P", Path.Combine(client, "bootstrap.py")]) { WorkingDirectory = Path.Combine(folder, "task") };
        start.Environment.Clear();
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["AWS_LAMBDA_RUNTIME_API"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
            ["_HANDLER"] = "index.handler",
            ["LAMBDA_TASK_ROOT"] = Path.Combine(folder, "task"),
            ["PYTHONPATH"] = client,
            ["LC_CTYPE"] = "C.UTF-8",
            ["LANG"] = "en_US.UTF-8",
            ["TZ"] = ":UTC",
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",

            // The code of a function is read-only there: compiled at each start.
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["AWS_LAMBDA_FUNCTION_NAME"] = "noop",
            ["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST",
            ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "1769",
            ["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/noop",
            ["AWS_LAMBDA_LOG_STREAM_NAME"] = "bench",
        })
        {
            start.Environment[name] = value;
        }

        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return new PythonRuntime(process);
    }

    /// <summary>Milliseconds from the start of the process until it asks for its first event.</summary>
    public static double TimeToFirstNext(Settings settings, string folder)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var at = Stopwatch.GetTimestamp();
        using var runtime = Start(settings, folder, ((IPEndPoint)listener.LocalEndPoint!).Port);
        using var connection = listener.Accept();
        var buffer = new byte[4096];
        var count = 0;
        while (buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8) < 0)
        {
            count += connection.Receive(buffer.AsSpan(count));
        }

        return Stopwatch.GetElapsedTime(at).TotalMilliseconds;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
