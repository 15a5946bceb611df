using System.Collections.Concurrent;
using System.Globalization;
using Fogbank.Wire.Routing;

namespace Fogbank.Wire.FrontDoor;

/// <summary>The address under which a client reached the region, as answers repeat it.</summary>
internal sealed class EndpointNames(int port)
{
    private const int Capacity = 256;

    private readonly ConcurrentDictionary<string, Uri> _known = new(StringComparer.Ordinal);
    private readonly Uri _default = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    public Uri Of(RequestFacts facts)
    {
        if (_known.TryGetValue(facts.Authority, out var known))
        {
            return known;
        }

        if (facts.Authority.Length == 0 || !Uri.TryCreate($"{facts.Request.Scheme}://{facts.Authority}", UriKind.Absolute, out var made))
        {
            return _default;
        }

        if (_known.Count >= Capacity)
        {
            _known.Clear();
        }

        return _known[facts.Authority] = made;
    }
}
