using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fogbank.Engines;
using Fogbank.Hosting;
using Fogbank.Kernel;
using Fogbank.Settings;
using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.CommandLine;

/// <summary><c>fogbank up</c>: runs a region until it is told to stop.</summary>
internal static class UpCommand
{
    internal static Command Create()
    {
        var host = Text("--host", "FOGBANK_HOST", "IP address to listen on. Default 127.0.0.1: only this machine can call.");
        var port = Text("--port", "FOGBANK_PORT", "TCP port. Default 4566; 0 takes a free one.");
        var data = Text("--data-dir", "FOGBANK_DATA_DIR", $"Folder for everything that lasts. Default {UpInput.DefaultDataDirectory()}.");
        var state = Text("--state", "FOGBANK_STATE", "disk or memory (forgotten at the end). Default disk.");
        var durability = Text("--durability", "FOGBANK_DURABILITY", "What an acknowledged write survives: process (kill -9) or power (a power cut). Default process.");
        var region = Text("--region", "FOGBANK_REGION", "Region of calls whose signature names none. Default us-east-1.");
        var account = Text("--account", "FOGBANK_ACCOUNT", "Account of calls whose key names none. Default 000000000000.");
        var auth = Text("--auth", "FOGBANK_AUTH", "open: every call is allowed. (iam is not built yet.) Must be said off loopback.");
        var isolation = Text("--isolation", "FOGBANK_ISOLATION", "auto: the best this machine can do; none: functions run as plain processes. Default auto.");
        var orphans = Text("--orphan-grace", "FOGBANK_ORPHAN_GRACE", "How long tasks go on without their region, for it to come back: 30s, 10m, 24h. Default 10m; 5s with state in memory.");
        var overcommitCpu = Text("--overcommit-cpu", "FOGBANK_OVERCOMMIT_CPU", "How many times this machine's vCPUs may be promised to tasks. Default 1; tasks that find no place wait.");
        var overcommitMemory = Text("--overcommit-memory", "FOGBANK_OVERCOMMIT_MEMORY", "How many times this machine's memory may be promised to tasks. Default 1.");
        var origins = Text("--allow-origin", "FOGBANK_ALLOW_ORIGIN", "Origins of web pages that may call, separated by commas: http://localhost:3000. Default none.");
        var hosts = Text("--allow-host", "FOGBANK_ALLOW_HOST", "Further host names that calls may use, separated by commas. Default none.");
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Log every request. [FOGBANK_VERBOSE=1]" };
        var command = new Command("up", "Start a region and run it until Ctrl-C. Every option can be given as FOGBANK_NAME in the environment too.")
        {
            host, port, data, state, durability, region, account, auth, isolation, orphans, overcommitCpu, overcommitMemory, origins, hosts, verbose,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            string? Given(Option<string?> option) => parsed.GetValue(option) ?? Shared.Setting(Variable(option.Name));
            var input = new UpInput
            {
                Host = Given(host),
                Port = Given(port),
                DataDirectory = Given(data),
                State = Given(state),
                Durability = Given(durability),
                Region = Given(region),
                Account = Given(account),
                Auth = Given(auth),
                Isolation = Given(isolation),
                OrphanGrace = Given(orphans),
                OvercommitCpu = Given(overcommitCpu),
                OvercommitMemory = Given(overcommitMemory),
                AllowedOrigins = List(Given(origins)),
                AllowedHosts = List(Given(hosts)),
            };
            return RunAsync(input, parsed.GetValue(verbose) || Shared.Setting(Variable(verbose.Name)) is "1" or "true", cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(UpInput input, bool verbose, CancellationToken cancellationToken)
    {
        var modules = Hosting.Services.All();
        var reader = new SettingReader(Shared.Setting);
        foreach (var module in modules)
        {
            module.Configure(reader);
        }

        if (input.Check(out var problems) is not { } settings || reader.Problems.Count > 0)
        {
            foreach (var problem in problems.Concat(reader.Problems))
            {
                Console.Error.WriteLine($"fogbank: {problem}");
            }

            return 2;
        }

        using var loggers = new ConsoleLog(Console.Error, verbose ? LogLevel.Debug : LogLevel.Information, TimeProvider.System);
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        RegionHost region;
        try
        {
            region = await RegionHost.StartAsync(settings, modules, loggers, TimeProvider.System, cancellationToken);
        }
        catch (SocketException fault)
        {
            Console.Error.WriteLine($"fogbank: {WhyNotBound(fault, settings)}");
            return 1;
        }
        catch (Exception fault) when (fault is IOException or StoreException or EngineException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"fogbank: {fault.Message}");
            return 1;
        }

        await using (region)
        {
            Banner.Write(Console.Out, region, settings);
            await stop.Task;
            Console.Error.WriteLine("Stopping: requests under way may end.");
        }

        return 0;

        void Stop(PosixSignalContext context)
        {
            // The first signal stops in order; a second one, while that is under way, ends the program at once.
            context.Cancel = stop.TrySetResult();
        }
    }

    private static string WhyNotBound(SocketException fault, UpSettings settings) => fault.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"port {settings.Port} is in use, maybe by a region that runs already (see `{ProgramName.Text} status`). Choose another with --port, 0 for any free one.",
        SocketError.AddressNotAvailable => $"{string.Join(", ", settings.Addresses)} is no address of this machine. Choose another with --host.",
        SocketError.AccessDenied => $"This user may not listen on port {settings.Port}. Choose one above 1023 with --port.",
        _ => fault.Message,
    };

    private static Option<string?> Text(string name, string variable, string description) =>
        new(name) { Description = $"{description} [{variable}]", HelpName = name[2..] };

    private static string Variable(string option) => "FOGBANK_" + option[2..].Replace('-', '_').ToUpperInvariant();

    private static string[] List(string? text) =>
        text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
