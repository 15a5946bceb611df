namespace Fogbank.Services.Logs.Domain;

/// <summary>Quotas of CloudWatch Logs.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html</remarks>
internal static class LogLimits
{
    internal const int BatchBytes = 1_048_576;
    internal const int BytesPerEvent = 26;
    internal const int PageEvents = 10_000;
    internal const int PageBytes = 1_048_576;
    internal const int Tags = 50;
    internal static readonly TimeSpan BatchSpan = TimeSpan.FromHours(24);
    internal static readonly TimeSpan Future = TimeSpan.FromHours(2);
    internal static readonly TimeSpan Past = TimeSpan.FromDays(14);

    /// <summary>The only values that PutRetentionPolicy takes.</summary>
    internal static IReadOnlyList<int> RetentionDays { get; } =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
}
