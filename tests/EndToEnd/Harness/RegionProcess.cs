using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>A region: <c>fogbank up</c> on a free port, its log captured, ended by its process id.</summary>
internal sealed partial class RegionProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string? _ownedFolder;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentBag<string> _expectedErrors = [];
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Uri? _address;

    private RegionProcess(Process process, string dataDirectory, string? ownedFolder)
    {
        _process = process;
        DataDirectory = dataDirectory;
        _ownedFolder = ownedFolder;
    }

    public Uri Address => _address ?? throw new InvalidOperationException("The region is not ready.");

    public string DataDirectory { get; }

    public int ProcessId => _process.Id;

    /// <summary>All that it printed so far, both outputs.</summary>
    public string Log => string.Join('\n', _lines);

    /// <summary>Starts a region and waits until it says that it is ready.</summary>
    /// <param name="dataDirectory">An existing data folder; null makes one that goes away with the region.</param>
    /// <param name="arguments">Further ones for <c>up</c>.</param>
    /// <param name="cancellationToken">Of the test.</param>
    /// <param name="within">A program and its arguments that becomes the region's, whose command line is added to its own.</param>
    public static async Task<RegionProcess> StartAsync(
        string? dataDirectory, IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyList<string>? within = null)
    {
        var owned = dataDirectory is null ? Directory.CreateTempSubdirectory("fogbank-e2e-").FullName : null;
        var data = dataDirectory ?? Path.Combine(owned!, "data");
        string[] all = ["up", "--port", "0", .. arguments];
        if (!all.Contains("--state") && !all.Contains("--data-dir"))
        {
            all = [.. all, "--data-dir", data];
        }

        var process = new Process
        {
            StartInfo = new ProcessStartInfo(within?[0] ?? Repository.Binary, within is null ? all : [.. within.Skip(1), Repository.Binary, .. all]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        var region = new RegionProcess(process, data, owned);
        process.OutputDataReceived += (_, line) => region.Take(line.Data);
        process.ErrorDataReceived += (_, line) => region.Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => region._ready.TrySetException(new InvalidOperationException("The region ended before it was ready."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            region._address = await region._ready.Task.WaitAsync(StartPatience, cancellationToken);
            return region;
        }
        catch (Exception fault)
        {
            await region.KillAsync();
            throw new InvalidOperationException($"The region did not start: {fault.Message}\n{region.Log}", fault);
        }
    }

    /// <summary>Lets an error line of the log that contains this pass.</summary>
    public void ExpectError(string text) => _expectedErrors.Add(text);

    /// <summary>Asks it to stop (SIGTERM) and waits.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            Signal(_process.Id, 15);
        }

        try
        {
            await _process.WaitForExitAsync().WaitAsync(StopPatience);
        }
        catch (TimeoutException)
        {
            await KillAsync();
            throw new InvalidOperationException($"The region did not stop within {StopPatience.TotalSeconds} s of SIGTERM.\n{Log}");
        }

        return _process.ExitCode;
    }

    /// <summary>Ends it with SIGKILL, as a crash or the kernel would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            Signal(_process.Id, 9);
        }

        await _process.WaitForExitAsync().WaitAsync(StopPatience);
    }

    /// <summary>Stops it and fails where its log holds an error that no test expected.</summary>
    public async ValueTask DisposeAsync()
    {
        var code = _process.HasExited ? 0 : await StopAsync();
        _process.Dispose();
        if (_ownedFolder is not null)
        {
            Directory.Delete(_ownedFolder, recursive: true);
        }

        var errors = _lines.Where(line => ErrorLine().IsMatch(line) && !_expectedErrors.Any(text => line.Contains(text, StringComparison.Ordinal))).ToList();
        if (errors.Count > 0 || code != 0)
        {
            throw new InvalidOperationException($"The region ended with code {code} and logged errors:\n{string.Join('\n', errors)}\n\nIts log ends with:\n{Tail(60)}");
        }
    }

    private string Tail(int count) => string.Join('\n', _lines.TakeLast(count));

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (Answers().Match(line) is { Success: true } found)
        {
            _address = new Uri(found.Groups[1].Value);
        }
        else if (line.Trim() == "Ready." && _address is not null)
        {
            _ready.TrySetResult(_address);
        }
    }

    private static void Signal(int processId, int signal)
    {
        if (kill(processId, signal) != 0)
        {
            throw new InvalidOperationException($"kill {processId}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int kill(int processId, int signal);

    [GeneratedRegex("answers at (http://[^ ]+)")]
    private static partial Regex Answers();

    [GeneratedRegex("^[0-9T:.-]+Z error ")]
    private static partial Regex ErrorLine();
}
