using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Engines;
using Fogbank.Engines.Process;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>One process engine with a warden of its own in a private folder.</summary>
public sealed class EngineFixture : IEngineFixture, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fogbank-engine-").FullName;
    private int _ids;

    internal ProcessEngine Engine { get; private set; } = null!;

    IEngine IEngineFixture.Engine => Engine;

    string IEngineFixture.AddedVariables => "";

    void IEngineFixture.Require() => RequireIsolation();

    WorkloadSpec IEngineFixture.Plays(params string[] part) => Plays(part);

    WorkloadSpec IEngineFixture.Shell(string script) => Shell(script);

    WorkloadSpec IEngineFixture.Runs(IReadOnlyList<string> command) => Runs(command);

    IEnumerable<string> IEngineFixture.Cgroups() => Remains.Cgroups(RunDirectory);

    internal string RunDirectory => Path.Combine(_folder, "run");

    internal string CacheDirectory => Path.Combine(_folder, "cache");

    internal static string WardenHost => Path.Combine(AppContext.BaseDirectory, "warden-host");

    /// <summary>The program of <c>tests/Workload</c> as a function's code.</summary>
    internal static Artifact Program { get; } = Zip(("workload.py", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "workload.py"))));

    public ValueTask InitializeAsync()
    {
        Engine = NewEngine();
        return ValueTask.CompletedTask;
    }

    /// <summary>Skips a test where this machine cannot isolate, or fails it where <c>FOGBANK_TEST_REQUIRE</c> names <c>isolation</c>.</summary>
    internal void RequireIsolation()
    {
        if (Engine.Isolation != IsolationLevel.Full)
        {
            Assert.False((Environment.GetEnvironmentVariable("FOGBANK_TEST_REQUIRE") ?? "").Split(',').Contains("isolation"), Engine.IsolationReason);
            Assert.Skip($"No isolation here: {Engine.IsolationReason}.");
        }
    }

    internal ProcessEngine NewEngine(Func<ProcessEngineOptions, ProcessEngineOptions>? change = null)
    {
        Permit(_folder);
        var tools = Directory.CreateDirectory(Path.Combine(_folder, "tools"));
        File.WriteAllText(Path.Combine(tools.FullName, "tool.txt"), "a tool");
        ProcessEngineOptions options = new()
        {
            RunDirectory = RunDirectory,
            CacheDirectory = CacheDirectory,
            WardenCommand = [WardenHost],
            Trees = new Dictionary<string, string> { ["tools"] = tools.FullName },
        };
        return new(change?.Invoke(options) ?? options, TimeProvider.System);
    }

    /// <summary>A workload that plays a part of <c>tests/Workload</c>.</summary>
    internal WorkloadSpec Plays(params string[] part) => Runs(["/usr/bin/python3", "-S", "/var/task/workload.py", .. part]);

    internal WorkloadSpec Shell(string script) => Runs(["/bin/sh", "-c", script]);

    internal WorkloadSpec Runs(IReadOnlyList<string> command) => new()
    {
        Id = $"w-{Interlocked.Increment(ref _ids)}",
        Command = command,
        MemoryBytes = 256L * 1024 * 1024,
        TmpBytes = 16L * 1024 * 1024,
        Artifacts = [new() { Target = "/var/task", Artifacts = [Program] }],
    };

    // Temporary folders are the user's alone; workloads without a root of their own must get through to their code.
    private static void Permit(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0x1c9);
        }
    }

    /// <summary>Runs to the end and returns everything.</summary>
    internal Task<(WorkloadExit Exit, string Output, string Error)> RunAsync(WorkloadSpec spec) => RunAsync(Engine, spec);

    internal static async Task<(WorkloadExit Exit, string Output, string Error)> RunAsync(IEngine engine, WorkloadSpec spec)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        await using var workload = await engine.StartAsync(spec, limit.Token);
        var (output, error) = await ReadAllAsync(workload, limit.Token);
        return (await workload.WaitAsync(limit.Token), output, error);
    }

    internal static async Task<(string Output, string Error)> ReadAllAsync(IWorkload workload, CancellationToken cancellationToken)
    {
        MemoryStream output = new(), error = new();
        await foreach (var chunk in workload.ReadOutputAsync(cancellationToken))
        {
            (chunk.Stream == LogStream.StandardOutput ? output : error).Write(chunk.Data.Span);
        }
        return (Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    internal static Artifact Zip(params (string Name, string Text)[] files)
    {
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                var entry = zip.CreateEntry(name);
                entry.LastWriteTime = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using StreamWriter writer = new(entry.Open());
                writer.Write(text);
            }
        }
        return Of(bytes.ToArray());
    }

    internal static Artifact Of(byte[] bytes) => new()
    {
        Digest = Convert.ToHexStringLower(SHA256.HashData(bytes)),
        Kind = ArtifactKind.Zip,
        OpenAsync = _ => ValueTask.FromResult<Stream>(new MemoryStream(bytes)),
    };

    internal static EndpointSpec Endpoint(string name, string address, int port) => new()
    {
        Name = name,
        Address = IPAddress.Parse(address),
        Port = port,
        AddressVariable = name.ToUpperInvariant() + "_ADDRESS",
        UrlVariable = name.ToUpperInvariant() + "_URL",
    };

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
