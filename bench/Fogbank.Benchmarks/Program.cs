using Fogbank.Benchmarks;

// Small measurements of parts, each beside a floor in the same run: "layers [ROUNDS] [FOLDER]".
if (args is not ["layers", ..])
{
    Console.Error.WriteLine("usage: Fogbank.Benchmarks layers [ROUNDS] [FOLDER]");
    return 2;
}
await LayersBench.RunAsync(
    args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 7, args.Length > 2 ? args[2] : Path.GetTempPath());
return 0;
