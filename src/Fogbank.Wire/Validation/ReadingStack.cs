using System.Globalization;
using System.Text;
using Fogbank.Contracts;

namespace Fogbank.Wire.Validation;

/// <summary>Where in a request a reader stands: the structures, lists and maps around the value at hand.</summary>
internal sealed class ReadingStack
{
    /// <summary>Bounds the recursion of shapes that contain themselves.</summary>
    private const int MaxDepth = 64;

    private Frame[] _frames = new Frame[8];
    private int _depth;

    public ref Frame Top => ref _frames[_depth - 1];

    /// <summary>The frame of that depth. It keeps its content after it was popped, until the next push.</summary>
    public ref Frame this[int depth] => ref _frames[depth];

    /// <summary>Enters <paramref name="frame"/> and answers its depth.</summary>
    public int Push(Frame frame)
    {
        if (_depth == MaxDepth)
        {
            throw new WireFormatException("The request is nested too deeply.");
        }

        if (_depth == _frames.Length)
        {
            Array.Resize(ref _frames, _depth * 2);
        }

        _frames[_depth] = frame;
        return _depth++;
    }

    /// <summary>Leaves the top frame and answers how many are left.</summary>
    public int Pop() => --_depth;

    /// <summary>The value at hand as AWS names it: <c>targets.1.member.id</c>.</summary>
    public string Path()
    {
        var path = new StringBuilder();
        for (var i = 0; i < _depth; i++)
        {
            ref var frame = ref _frames[i];
            if (frame.Schema is { } schema)
            {
                var name = schema.Members[frame.Member].Name;
                path.Append(i == 0 ? "" : ".").Append(char.ToLowerInvariant(name[0])).Append(name.AsSpan(1));
            }
            else if (frame.Key is not null)
            {
                path.Append('.').Append(frame.Key).Append(".member");
            }
            else
            {
                path.Append('.').Append(CultureInfo.InvariantCulture, $"{frame.Index + 1}").Append(".member");
            }
        }

        return path.ToString();
    }

    /// <summary>A structure (with a schema), a list or a map (without) that is being read.</summary>
    internal struct Frame
    {
        public ShapeSchema? Schema;
        public ulong Seen;

        /// <summary>The member of the structure that is being read.</summary>
        public int Member;

        /// <summary>The item of the list that is being read.</summary>
        public int Index;

        /// <summary>The entry of the map that is being read.</summary>
        public string? Key;

        /// <summary>Some item or value breaks the model.</summary>
        public bool HasBadItem;

        /// <summary>The source has no more members.</summary>
        public bool IsAtEnd;

        public readonly bool Has(int member) => member < 64 && (Seen & (1UL << member)) != 0;
    }
}
