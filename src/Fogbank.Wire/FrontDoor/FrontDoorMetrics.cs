using System.Diagnostics.Metrics;

namespace Fogbank.Wire.FrontDoor;

/// <summary>What the front door measures of itself.</summary>
internal sealed class FrontDoorMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _refusedPages;
    private readonly UpDownCounter<long> _active;

    public FrontDoorMetrics(IMeterFactory? factory)
    {
        _meter = factory?.Create("Fogbank.Wire") ?? new Meter("Fogbank.Wire");
        _failures = _meter.CreateCounter<long>("fogbank.wire.request.failures", "{request}", "Requests that ended in an unexpected error");
        _refusedPages = _meter.CreateCounter<long>("fogbank.wire.page.refusals", "{request}", "Requests of web pages that were refused");
        _active = _meter.CreateUpDownCounter<long>("fogbank.wire.request.active", "{request}", "API requests under way");
    }

    public void Failed() => _failures.Add(1);

    public void RefusedPage() => _refusedPages.Add(1);

    public void Began() => _active.Add(1);

    public void Ended() => _active.Add(-1);

    public void Dispose() => _meter.Dispose();
}
