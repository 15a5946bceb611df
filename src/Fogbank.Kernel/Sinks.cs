using System.Text.Json;

namespace Fogbank.Kernel;

/// <summary>A line for CloudWatch Logs.</summary>
/// <param name="Timestamp">When it was written.</param>
/// <param name="Message">UTF-8 text without a terminating line feed.</param>
public readonly record struct LogLine(DateTimeOffset Timestamp, string Message);

/// <summary>Takes the log lines of workloads. Implemented by Logs. Groups and streams are made on first use.</summary>
public interface ILogSink
{
    /// <summary>
    /// Hands lines over, in order. Completes once they are accepted into a bounded buffer (memory); it waits where the buffer is full, so
    /// that a flood slows its own writer only.
    /// </summary>
    ValueTask WriteAsync(Scope scope, string logGroup, string logStream, IReadOnlyList<LogLine> lines, CancellationToken cancellationToken);
}

/// <summary>A sample for CloudWatch metrics.</summary>
/// <param name="Namespace">As AWS names it: <c>AWS/Lambda</c>.</param>
/// <param name="Unit">CloudWatch's word for the unit: <c>Milliseconds</c>, <c>Count</c>.</param>
public readonly record struct MetricSample(
    string Namespace, string Name, double Value, string Unit, DateTimeOffset Timestamp, IReadOnlyList<KeyValuePair<string, string>> Dimensions);

/// <summary>Takes metrics. Never waits: what does not fit is counted and dropped.</summary>
public interface IMetricSink
{
    /// <summary>Takes one sample; from any thread.</summary>
    /// <param name="scope">Whose it is.</param>
    /// <param name="sample">The sample.</param>
    void Record(Scope scope, in MetricSample sample);
}

/// <summary>An amount used, for the bill.</summary>
/// <param name="UsageType">AWS's usage type: <c>Lambda-GB-Second</c>, <c>Request</c>.</param>
/// <param name="ResourceArn">What used it.</param>
public readonly record struct UsageRecord(
    string Service, string UsageType, decimal Quantity, string Unit, DateTimeOffset Timestamp, string ResourceArn);

/// <summary>Takes usage. Never waits; flushed at least every second by its implementation.</summary>
public interface IUsageSink
{
    /// <summary>Adds to what a resource has used; from any thread.</summary>
    /// <param name="scope">Who pays.</param>
    /// <param name="usage">The amount.</param>
    void Record(Scope scope, in UsageRecord usage);
}

/// <summary>Takes events for EventBridge's default bus. Never waits: what does not fit is dropped.</summary>
public interface IEventSink
{
    /// <summary>Publishes one event; from any thread.</summary>
    /// <param name="scope">The bus it goes to.</param>
    /// <param name="source">As AWS names it: <c>aws.s3</c>.</param>
    /// <param name="detailType">What happened, in AWS's words.</param>
    /// <param name="resources">ARNs of what it happened to.</param>
    /// <param name="detail">The body; copied before the call returns.</param>
    void Publish(Scope scope, string source, string detailType, IReadOnlyList<string> resources, JsonElement detail);
}
