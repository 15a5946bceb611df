namespace Fogbank.Engines.Linux.Warden;

/// <summary>Chooses the numbers under which a new process finds its descriptors: above all of ours, so that none is overwritten before it was copied.</summary>
internal sealed class Inheritance(int launcher, int program)
{
    private readonly List<int> _sources = [];

    /// <summary>Adds one of our descriptors and returns its place; negative ones stay negative.</summary>
    internal int Add(int source)
    {
        if (source < 0)
        {
            return -1;
        }
        _sources.Add(source);
        return _sources.Count - 1;
    }

    /// <summary>The number at a place; only after the last was added.</summary>
    internal int Number(int place) => place < 0 ? -1 : Math.Max(Math.Max(_sources.Max(), Math.Max(launcher, program)) + 1, 10) + place;

    /// <summary>What to copy where, with the program itself at 3, which comes last because 3 may be one of our sources.</summary>
    internal (int Source, int Target)[] List()
    {
        var list = _sources.Select((source, place) => (source, Number(place))).ToList();
        list.Add((program, 3));
        return [.. list];
    }
}
