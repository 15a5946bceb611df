using System.CommandLine;
using Fogbank.Engines;
using Fogbank.Engines.Oci;
using Fogbank.Engines.Process;
using Fogbank.Hosting;

namespace Fogbank.CommandLine;

/// <summary><c>fogbank doctor</c>: what each engine needs of this machine, what is missing, and what a region here would use.</summary>
internal static class DoctorCommand
{
    internal static Command Create()
    {
        var command = new Command("doctor", "Show what each engine needs of this machine, what is missing and which package brings it, and what a region here uses.");
        command.SetAction(_ => Write(Console.Out));
        return command;
    }

    /// <returns>1 when images cannot run here; functions always can.</returns>
    private static int Write(TextWriter output)
    {
        var (level, reason) = ProcessEngine.Judge(disableIsolation: false);
        var images = OciEngine.Examine();
        var missing = images.Where(requirement => requirement.Essential && !requirement.Present).ToList();
        Engine(output, "process", "functions that are code", ProcessEngine.Examine());
        output.WriteLine();
        Engine(output, "oci", "tasks and functions that are images", images);
        output.WriteLine();
        output.WriteLine("a region here uses");
        output.WriteLine($"  functions   process, isolation {Words.Of(level)}: {reason}");
        output.WriteLine(missing.Count == 0
            ? "  images      oci: all it needs is there"
            : $"  images      nothing: {string.Join(", ", missing.Select(requirement => requirement.Name))} missing");
        var packages = images.Concat(ProcessEngine.Examine()).Where(requirement => !requirement.Present && requirement.Package is not null)
            .Select(requirement => requirement.Package).Distinct().ToList();
        if (packages.Count > 0)
        {
            output.WriteLine();
            output.WriteLine($"On Debian: apt-get install {string.Join(' ', packages)}");
        }

        return missing.Count == 0 ? 0 : 1;
    }

    private static void Engine(TextWriter output, string name, string what, IReadOnlyList<EngineRequirement> requirements)
    {
        output.WriteLine($"{name}: {what}");
        foreach (var requirement in requirements)
        {
            var state = requirement.Present ? "ok" : requirement.Essential ? "MISSING" : "less";
            var package = requirement.Present || requirement.Package is null ? "" : $" (package {requirement.Package})";
            output.WriteLine($"  {state,-8} {requirement.Name,-14} {requirement.Detail}{package}");
        }
    }
}
