namespace Fogbank.Load;

/// <summary>What the command line says: <c>--name value</c> pairs.</summary>
internal sealed class Settings(string[] args)
{
    public string Fogbank => Text("fogbank") ?? throw new ArgumentException("--fogbank PROGRAM is missing");

    public string Slim => Text("slim") ?? throw new ArgumentException("--slim PROGRAM is missing");

    public string Floor => Text("floor") ?? throw new ArgumentException("--floor PROGRAM is missing");

    /// <summary>The folder of the Python runtime client.</summary>
    public string Runtime => Text("runtime") ?? throw new ArgumentException("--runtime FOLDER is missing");

    public string Python => Text("python") ?? "/usr/bin/python3";

    public string Registry => Text("registry") ?? "/usr/bin/docker-registry";

    public string? Output => Text("output");

    public int Rounds(int otherwise) => Text("rounds") is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : otherwise;

    public double Seconds => Text("seconds") is { } text ? double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 2;

    private string? Text(string name)
    {
        var at = Array.IndexOf(args, "--" + name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
