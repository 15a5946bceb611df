using System.CommandLine;
using Fogbank.CommandLine;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci;
using Fogbank.Engines.Process;

// The warden is chosen before anything of the region is touched: it must stay small, since every workload is forked from it.
if (args is [WardenProgram.Command, ..])
{
    return WardenProgram.Run(args, ProcessEngine.NewWardenDriver(), OciEngine.NewWardenDriver());
}

// A region stops in order, which may take longer than the two seconds after which the library ends a program that was told to stop.
var termination = args is ["up", ..] ? (TimeSpan?)null : TimeSpan.FromSeconds(2);
return await Usage.RunAsync(args, new InvocationConfiguration { ProcessTerminationTimeout = termination });
