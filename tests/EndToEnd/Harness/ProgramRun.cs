using System.Diagnostics;
using System.Text;

namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>What a program that ran to its end printed.</summary>
internal sealed record ProgramRun(string Command, int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Runs a program to its end; kills it and throws where that takes too long.</summary>
    /// <param name="program">Path or name.</param>
    /// <param name="arguments">As they are.</param>
    /// <param name="environment">Beside PATH, the only variables it has; null inherits ours.</param>
    /// <param name="input">For its standard input; null closes that at once.</param>
    /// <param name="cancellationToken">Of the test.</param>
    public static async Task<ProgramRun> StartAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        string? input,
        CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = Path.GetTempPath(),
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input);
            }

            process.StandardInput.Close();
            var command = $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)}";
            var run = new ProgramRun(command, 0, await output, await errors);
            await process.WaitForExitAsync(deadline.Token);
            return run with { ExitCode = process.ExitCode };
        }
        catch (OperationCanceledException) when (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public override string ToString() => $"$ {Command}\nexit code {ExitCode}\n{Output}{Errors}";
}
