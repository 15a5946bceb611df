using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>Metrics and usage of invocations: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html</summary>
internal sealed class InvocationRecorder(IMetricSink metrics, IUsageSink usage, TimeProvider time)
{
    private const string Namespace = "AWS/Lambda";

    internal void Record(EnvironmentPlan plan, InvocationReport report, bool isError, int concurrency)
    {
        var now = time.GetUtcNow();
        var scope = plan.Function.Scope;
        var dimensions = plan.Dimensions;
        metrics.Record(scope, new(Namespace, "Invocations", 1, "Count", now, dimensions));
        metrics.Record(scope, new(Namespace, "Errors", isError ? 1 : 0, "Count", now, dimensions));
        metrics.Record(scope, new(Namespace, "Duration", report.Duration.TotalMilliseconds, "Milliseconds", now, dimensions));
        metrics.Record(scope, new(Namespace, "ConcurrentExecutions", Math.Max(1, concurrency), "Count", now, dimensions));
        var suffix = plan.Version.Architecture == "arm64" ? "-ARM" : "";
        usage.Record(scope, new(
            "AWSLambda",
            "Lambda-GB-Second" + suffix,
            LambdaPrice.GbSeconds(plan.Version.MemoryMegabytes, report.BilledMilliseconds),
            "Lambda-GB-Second",
            now,
            plan.FunctionArn));
        usage.Record(scope, new("AWSLambda", "Request" + suffix, 1, "Requests", now, plan.FunctionArn));
    }

    internal void Throttle(FunctionKey function) => metrics.Record(
        function.Scope, new(Namespace, "Throttles", 1, "Count", time.GetUtcNow(), [new("FunctionName", function.Name)]));

    internal void Queue(FunctionKey function, string metric, double value, string unit) => metrics.Record(
        function.Scope, new(Namespace, metric, value, unit, time.GetUtcNow(), [new("FunctionName", function.Name)]));
}
