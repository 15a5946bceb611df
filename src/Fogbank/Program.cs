using System.CommandLine;
using Fogbank.CommandLine;
using Fogbank.CommandLine.Tasks;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci;
using Fogbank.Engines.Process;

// The warden is chosen before anything of the region is touched: it must stay small, since every workload is forked from it.
if (args is [WardenProgram.Command, ..])
{
    return WardenProgram.Run(args, ProcessEngine.NewWardenDriver(), OciEngine.NewWardenDriver());
}

// A region stops in order, which may take longer than the two seconds after which the library ends a program that was told to stop.
var termination = args switch
{
    ["up", ..] => (TimeSpan?)null,
    ["run", ..] => TimeSpan.FromMinutes(3), // The task is stopped first.
    _ => TimeSpan.FromSeconds(2),
};
return await Usage.RunAsync(RunArguments.Normalize(args), new InvocationConfiguration { ProcessTerminationTimeout = termination });
