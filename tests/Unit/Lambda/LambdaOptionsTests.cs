using Fogbank.Kernel;
using Fogbank.Services.Lambda;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class LambdaOptionsTests
{
    private static (LambdaOptions Options, IReadOnlyList<string> Problems) Read(params (string Name, string Text)[] variables)
    {
        var reader = new SettingReader(name => variables.FirstOrDefault(variable => variable.Name == name).Text);
        return (LambdaOptions.Read(reader), reader.Problems);
    }

    [Fact]
    public void Without_a_word_the_defaults_hold()
    {
        var (options, problems) = Read();
        Assert.Empty(problems);
        Assert.Equal(new LambdaOptions() with { RetryDelays = options.RetryDelays }, options);
        Assert.Equal(new LambdaOptions().RetryDelays, options.RetryDelays);
    }

    [Fact]
    public void What_is_set_is_taken()
    {
        var (options, problems) = Read(
            ("FOGBANK_LAMBDA_RETRY_DELAYS", "250ms, 2m"),
            ("FOGBANK_LAMBDA_MIN_THROTTLE_BACKOFF", "20ms"),
            ("FOGBANK_LAMBDA_KEEP_ALIVE", "1h"),
            ("FOGBANK_LAMBDA_MEMORY_MIB", "2048"),
            ("FOGBANK_LAMBDA_MAX_ENVIRONMENTS", "7"));
        Assert.Empty(problems);
        Assert.Equal([TimeSpan.FromMilliseconds(250), TimeSpan.FromMinutes(2)], options.RetryDelays);
        Assert.Equal(
            (TimeSpan.FromMilliseconds(20), TimeSpan.FromHours(1), 2L << 30, 7),
            (options.MinThrottleBackoff, options.KeepAlive, options.MemoryBudgetBytes, options.MaxEnvironments));
    }

    [Fact]
    public void All_that_cannot_be_used_is_told_at_once()
    {
        var (_, problems) = Read(
            ("FOGBANK_LAMBDA_KEEP_ALIVE", "soon"),
            ("FOGBANK_LAMBDA_FREEZE_AFTER", "0ms"),
            ("FOGBANK_LAMBDA_RETRY_DELAYS", "1m,,2m"),
            ("FOGBANK_LAMBDA_ACCOUNT_CONCURRENCY", "-1"),
            ("FOGBANK_LAMBDA_MIN_THROTTLE_BACKOFF", "99999999999999999999s"));
        Assert.Equal(
            [
                "FOGBANK_LAMBDA_FREEZE_AFTER=0ms: give a time from 1ms to 1h, such as 50ms, 30s, 10m or 11h.",
                "FOGBANK_LAMBDA_KEEP_ALIVE=soon: give a time from 1s to 11h, such as 50ms, 30s, 10m or 11h.",
                "FOGBANK_LAMBDA_RETRY_DELAYS=1m,,2m: give times from 1ms to 6h with commas between them, such as 1m,2m.",
                "FOGBANK_LAMBDA_MIN_THROTTLE_BACKOFF=99999999999999999999s: give a time from 1ms to 6h, such as 50ms, 30s, 10m or 11h.",
                "FOGBANK_LAMBDA_ACCOUNT_CONCURRENCY=-1: give a number from 1 to 1000000.",
            ],
            problems);
    }
}
