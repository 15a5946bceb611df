using System.Collections.Concurrent;
using System.Diagnostics;

namespace Fogbank.Tests.Unit.Runtimes;

/// <summary>An interpreter with a runtime client, started as the launcher would start it but without a sandbox.</summary>
internal sealed class RuntimeProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task _output;
    private readonly ConcurrentQueue<string> _lines = new();

    private RuntimeProcess(Process process)
    {
        _process = process;
        _output = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public static RuntimeProcess Start(string[] command, string taskRoot, string handler, string api, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = taskRoot,
        };
        start.Environment.Clear();
        var all = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["LC_CTYPE"] = "C.UTF-8",
            ["TZ"] = ":UTC",
            ["HOME"] = Path.GetTempPath(),
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["AWS_LAMBDA_RUNTIME_API"] = api,
            ["_HANDLER"] = handler,
            ["LAMBDA_TASK_ROOT"] = taskRoot,
            ["AWS_LAMBDA_FUNCTION_NAME"] = "sample",
            ["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST",
            ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "128",
            ["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/sample",
            ["AWS_LAMBDA_LOG_STREAM_NAME"] = "2026/11/24/[$LATEST]0123",
        };
        foreach (var (name, value) in environment)
        {
            all[name] = value;
        }

        foreach (var (name, value) in all)
        {
            start.Environment[name] = value;
        }

        return new RuntimeProcess(Process.Start(start)!);
    }

    /// <summary>Waits until the process has ended by itself: its exit status and all it wrote.</summary>
    public async Task<(int Status, string[] Lines)> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(s_patience, cancellationToken);
        await _output.WaitAsync(s_patience, cancellationToken);
        return (_process.ExitCode, [.. _lines]);
    }

    /// <summary>Ends the process: all it wrote.</summary>
    public async Task<string[]> StopAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        return (await ExitAsync(cancellationToken)).Lines;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        // Not ReadLine: a carriage return inside a record is part of it.
        foreach (var line in (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _lines.Enqueue(line);
        }
    }
}
