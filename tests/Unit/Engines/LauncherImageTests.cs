using System.Diagnostics;
using System.Runtime.InteropServices;
using Fogbank.Engines.Linux.Native;
using Xunit;

namespace Fogbank.Tests.Unit.Engines;

/// <summary>The launcher performs calls, stores results, compares and branches, on this machine and, under an emulator, on the other.</summary>
public sealed class LauncherImageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fogbank-launcher-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Architecture.X64, null)]
    [InlineData(Architecture.Arm64, "qemu-aarch64-static")]
    public async Task Program_branches_on_results(Architecture architecture, string? emulator)
    {
        if (architecture == RuntimeInformation.ProcessArchitecture)
        {
            emulator = null;
        }
        else if (emulator is null || !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, emulator))))
        {
            Assert.Skip($"No emulator for {architecture}.");
        }
        var (write, close, clone, wait, exit) = architecture == Architecture.X64 ? (1, 3, 56, 61, 231) : (64, 57, 220, 260, 94);

        LaunchProgram program = new();
        var status = program.Longs(0);
        var reaped = program.Longs(0);
        LaunchProgram.Label child = new(), failed = new(), same = new(), wrong = new();
        program.Call("close", close, -1).OnNegative(failed).OnZero(wrong).OnPositive(wrong).Then(failed);
        program.Call("write", write, 1, program.Text("parent "), 7);
        var fork = program.Call("fork", clone, 17).OnZero(child);
        program.Call("wait", wait, -1, status, 0, 0).Into(reaped);
        var compare = program.Compare(reaped, 0).OnNegative(wrong).OnPositive(wrong).OnZero(same).Then(same);
        fork.Into(compare.Argument(1));
        program.Compare(status, 5 << 8).OnNegative(wrong).OnPositive(wrong);
        program.Call("write", write, 1, program.Text("reaped"), 6);
        program.Call("exit", exit, 3).Then(child);
        program.Call("write", write, 1, program.Text("child "), 6);
        program.Call("exit", exit, 5).Then(wrong);
        program.Call("exit", exit, 99);
        program.Fail(2);

        var (code, output) = await RunAsync(program, LauncherImage.Build(architecture), emulator);
        Assert.Equal((3, "parent child reaped"), (code, output));
    }

    [Fact]
    public async Task Failed_step_is_reported_with_its_error()
    {
        LaunchProgram program = new();
        program.Call("this works", Sys.Umask, 0);
        program.Call("this fails", Sys.Chdir, program.Text("/nowhere"));
        program.Fail(1);
        var (code, output) = await RunAsync(program, LauncherImage.Build(RuntimeInformation.ProcessArchitecture), null);
        Assert.Equal((125, 16), (code, output.Length));
        Assert.Equal("this fails", program.Describe(BitConverter.ToInt64([.. output[..8].Select(c => (byte)c)])));
        Assert.Equal(-2, BitConverter.ToInt64([.. output[8..].Select(c => (byte)c)]));
    }

    private async Task<(int Code, string Output)> RunAsync(LaunchProgram program, byte[] image, string? emulator)
    {
        var (file, launcher) = (Path.Combine(_folder, "program"), Path.Combine(_folder, "launcher"));
        await File.WriteAllBytesAsync(file, program.Build());
        await File.WriteAllBytesAsync(launcher, image);
        string[] command = emulator is null ? [launcher] : [emulator, launcher];
        ProcessStartInfo start = new("/bin/sh", ["-c", "chmod +x \"$2\"; exec 3<\"$1\"; shift 2; exec \"$@\"", "sh", file, launcher, .. command])
        {
            RedirectStandardOutput = true,
            StandardOutputEncoding = System.Text.Encoding.Latin1,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
