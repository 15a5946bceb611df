using System.Text.Json;
using Fogbank.Eng.Contracts;

// contracts MODEL OUTPUT [--operations FILE]
// MODEL is a public API model (service-2.json) or the folder that holds it; its folder's name is the API's name.
if (args.Length is not (2 or 4) || (args.Length == 4 && args[2] != "--operations"))
{
    Console.Error.WriteLine("usage: contracts MODEL OUTPUT-FOLDER [--operations FILE]");
    Console.Error.WriteLine("  MODEL   a folder with service-2.json, named after the API, or that file");
    Console.Error.WriteLine("  FILE    operation names, one a line; without it the API is taken whole");
    return 2;
}

var model = Directory.Exists(args[0]) ? Path.Combine(args[0], "service-2.json") : args[0];
if (!File.Exists(model))
{
    Console.Error.WriteLine($"contracts: no model at {model}");
    return 1;
}

var name = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(model)))!;
HashSet<string>? operations = null;
if (args.Length == 4)
{
    operations = [.. File.ReadLines(args[3]).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];
}

try
{
    using var document = JsonDocument.Parse(File.ReadAllBytes(model));
    var contract = ContractConverter.Convert(name, document.RootElement, operations);
    var target = Path.Combine(args[1], name + ".json");
    File.WriteAllText(target, contract);
    Console.WriteLine($"{target}: {contract.AsSpan().Count('\n')} lines, {contract.Length / 1024} KiB");
    return 0;
}
catch (Exception e) when (e is JsonException or InvalidDataException)
{
    Console.Error.WriteLine($"contracts: {model}: {e.Message}");
    return 1;
}
