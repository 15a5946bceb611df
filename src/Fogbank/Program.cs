using Fogbank.CommandLine;
using Fogbank.Engines.Process;

// The warden is chosen before anything of the region is touched: it must stay small, since every workload is forked from it.
if (args is [WardenProgram.Command, ..])
{
    return WardenProgram.Run(args);
}

return await FogbankCommand.Create().Parse(args).InvokeAsync();
