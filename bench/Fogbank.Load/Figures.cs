using System.Globalization;

namespace Fogbank.Load;

/// <summary>Samples of one thing.</summary>
internal sealed class Figures
{
    private readonly List<double> _values = [];

    public double Best => At(0);

    public double P10 => At(0.1);

    public double P50 => At(0.5);

    public double Highest => At(1);

    public void Add(double value) => _values.Add(value);

    private double At(double part)
    {
        var sorted = _values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[(int)Math.Round(part * (sorted.Count - 1))];
    }
}

/// <summary>Lines of the report: to the console, and as Markdown.</summary>
internal sealed class Report
{
    private readonly List<string> _lines = [];

    public void Title(string text) => Line($"\n### {text}\n");

    public void Header(params string[] cells)
    {
        Row(cells);
        Row([.. cells.Select(static _ => "---")]);
    }

    public void Row(params string[] cells) => Line($"| {string.Join(" | ", cells)} |");

    public void Line(string text)
    {
        _lines.Add(text);
        Console.WriteLine(text);
    }

    public void Save(string path) => File.WriteAllLines(path, _lines);

    public static string Number(double value, int digits = 1) => value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
