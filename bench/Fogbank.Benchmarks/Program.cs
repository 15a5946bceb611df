using System.Globalization;
using Fogbank.Benchmarks;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci;

// Small measurements of parts. As "warden" it is the warden of the engines it measures.
switch (args)
{
    case [WardenProgram.Command, ..]:
        return WardenProgram.Run(args, OciEngine.NewWardenDriver());
    case ["layers", ..]:
        await LayersBench.RunAsync(Rounds(7), Folder());
        return 0;
    case ["containers", ..]:
        await ContainersBench.RunAsync(Rounds(50), Folder());
        return 0;
    default:
        Console.Error.WriteLine("usage: Fogbank.Benchmarks layers|containers [ROUNDS] [FOLDER]");
        return 2;
}

int Rounds(int otherwise) => args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : otherwise;

string Folder() => args.Length > 2 ? args[2] : Path.GetTempPath();
