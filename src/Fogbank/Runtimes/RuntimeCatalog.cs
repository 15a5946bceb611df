using System.Diagnostics;
using Fogbank.Engines;
using Fogbank.Services.Lambda;
using Microsoft.Extensions.Logging;

namespace Fogbank.Runtimes;

/// <summary>Which interpreters this machine has, and how a function of each language is started with the client that Fogbank brings.</summary>
/// <remarks>
/// The trees are named before anything is looked for, since the engine asks for them at start; looking and unpacking wait for the first
/// function of a language.
/// </remarks>
internal sealed partial class RuntimeCatalog : IRuntimeCatalog
{
    private const string PythonTree = "runtime-python";
    private const string NodeTree = "runtime-nodejs";
    private const string DotNetTree = "runtime-dotnet";
    private const string DotNetRootTree = "dotnet-root";
    private static readonly int[] PythonMinors = [14, 13, 12, 11, 10, 9];
    private static readonly string[] DotNetRoots = ["/usr/share/dotnet", "/usr/lib/dotnet", "/opt/dotnet"];

    private readonly Lazy<ManagedRuntime?> _python;
    private readonly Lazy<ManagedRuntime?> _node;
    private readonly Lazy<ManagedRuntime?> _dotnet;
    private readonly string? _dotnetRoot;
    private readonly ILogger _logger;

    internal RuntimeCatalog(string cacheDirectory, ILogger<RuntimeCatalog> logger)
    {
        _logger = logger;
        var clients = EmbeddedRuntimes.Locate(cacheDirectory);
        _dotnetRoot = DotNetRoots.Prepend(Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "")
            .FirstOrDefault(root => root.StartsWith('/') && File.Exists(Path.Combine(root, "dotnet")));
        var trees = new Dictionary<string, string>
        {
            [PythonTree] = Path.Combine(clients, "python"),
            [NodeTree] = Path.Combine(clients, "node"),
            [DotNetTree] = Path.Combine(clients, "dotnet"),
        };
        if (_dotnetRoot is not null)
        {
            trees[DotNetRootTree] = _dotnetRoot;
        }

        Trees = trees;
        var unpacked = new Lazy<string>(() => EmbeddedRuntimes.Unpack(cacheDirectory));
        _python = new(() => FindPython(unpacked.Value));
        _node = new(() => FindNode(unpacked.Value));
        _dotnet = new(() => FindDotNet(unpacked.Value));
    }

    /// <summary>The folders that workloads may see, by the names that specs use.</summary>
    internal IReadOnlyDictionary<string, string> Trees { get; }

    public ManagedRuntime? Find(string language, string runtime) => language switch
    {
        "python" => _python.Value,
        "nodejs" => _node.Value,
        "dotnet" => _dotnet.Value,
        _ => null,
    };

    private ManagedRuntime? FindPython(string clients)
    {
        // The real interpreter, not a link: what starts is what is looked at, and no version manager's shim is in between.
        // Newest first; Debian's place before that of images which bring an interpreter of their own.
        var program = PythonMinors.SelectMany(minor => new[] { $"/usr/bin/python3.{minor}", $"/usr/local/bin/python3.{minor}" }).FirstOrDefault(File.Exists);
        if (program is null || VersionOf(program, "--version") is not { } version)
        {
            return null;
        }

        // Bytecode beside the client saves its compilation at each cold start; without it everything works, so a failure is only said.
        if (Run(program, "-S", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", Path.Combine(clients, "python")) is null)
        {
            LogUncompiled(_logger, program);
        }

        // -P came with 3.11.
        var keepsPathClean = !program.EndsWith(".9", StringComparison.Ordinal) && !program.EndsWith(".10", StringComparison.Ordinal);
        return new()
        {
            Version = version,
            Command = keepsPathClean ? [program, "-S", "-P", "/var/runtime/bootstrap.py"] : [program, "-S", "/var/runtime/bootstrap.py"],
            Trees = [new TreeMount { Tree = PythonTree, Target = "/var/runtime" }],
            Environment = new Dictionary<string, string> { ["PYTHONPATH"] = "/var/runtime", ["LC_CTYPE"] = "C.UTF-8" },
        };
    }

    private static ManagedRuntime? FindNode(string clients)
    {
        _ = clients;
        var program = FirstProgram("/usr/bin/node", "/usr/bin/nodejs", "/usr/local/bin/node");
        if (program is null || VersionOf(program, "--version") is not { } version)
        {
            return null;
        }

        return new()
        {
            Version = $"Node.js {version}",
            Command = [program, "/var/runtime/bootstrap.cjs"],
            Trees = [new TreeMount { Tree = NodeTree, Target = "/var/runtime" }],
            Environment = new Dictionary<string, string>
            {
                ["NODE_PATH"] = "/opt/nodejs/node20/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task",
            },
        };
    }

    private ManagedRuntime? FindDotNet(string clients)
    {
        _ = clients;
        if (_dotnetRoot is null)
        {
            return null;
        }

        var shared = Path.Combine(_dotnetRoot, "shared", "Microsoft.NETCore.App");
        var version = Directory.Exists(shared)
            ? Directory.EnumerateDirectories(shared, "10.*").Select(Path.GetFileName).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        if (version is null)
        {
            return null;
        }

        const string inside = "/var/lang/bin";
        return new()
        {
            Version = $".NET {version}",
            Command = [$"{inside}/dotnet", "/var/runtime/Fogbank.Runtimes.DotNet.dll"],
            Trees = [new TreeMount { Tree = DotNetTree, Target = "/var/runtime" }, new TreeMount { Tree = DotNetRootTree, Target = inside }],
            Environment = new Dictionary<string, string>
            {
                ["DOTNET_ROOT"] = inside,
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
                // Writes nothing to /tmp and starts a little quicker.
                ["DOTNET_EnableDiagnostics"] = "0",
            },
        };
    }

    private static string? FirstProgram(params string[] candidates) => candidates.FirstOrDefault(File.Exists);

    private static string? VersionOf(string program, string argument) => Run(program, argument)?.Trim();

    /// <returns>What the program printed; null where it failed.</returns>
    private static string? Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("PYTHONPATH");
        start.Environment.Remove("PYTHONHOME");
        start.Environment.Remove("NODE_OPTIONS");
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Program} could not compile the Python runtime client; cold starts take some milliseconds longer")]
    private static partial void LogUncompiled(ILogger logger, string program);
}
