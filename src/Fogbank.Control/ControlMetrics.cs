using System.Diagnostics.Metrics;

namespace Fogbank.Control;

/// <summary>The meters of due work. The tag <c>work</c> is the name of the table or outbox.</summary>
internal sealed class ControlMetrics : IDisposable
{
    internal const string MeterName = "Fogbank.Control";
    private readonly Meter _meter;
    private readonly bool _owned;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _failures;

    internal ControlMetrics(IMeterFactory? factory, Func<IEnumerable<Measurement<int>>> depths)
    {
        _owned = factory is null;
        _meter = factory?.Create(new MeterOptions(MeterName)) ?? new Meter(MeterName);
        _duration = _meter.CreateHistogram<double>("fogbank.control.pass.duration", "s", "How long passes take.");
        _failures = _meter.CreateCounter<long>("fogbank.control.pass.failures", "{pass}", "Passes that failed and will be repeated.");
        _meter.CreateObservableGauge("fogbank.control.queue.length", depths, "{key}", "Keys that are due and wait for their pass.");
    }

    internal void Passed(string work, TimeSpan duration) => _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("work", work));

    internal void Failed(string work) => _failures.Add(1, new KeyValuePair<string, object?>("work", work));

    public void Dispose()
    {
        if (_owned)
        {
            _meter.Dispose();
        }
    }
}
