return args is [Fogbank.Engines.Process.WardenProgram.Command, ..] ? Fogbank.Engines.Process.WardenProgram.Run(args) : 0;
