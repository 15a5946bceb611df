using Xunit;

namespace Fogbank.Tests.Unit.Runtimes;

public sealed class DotNetRuntimeTests : RuntimeClientConformance
{
    private const string Prefix = "Fogbank.Tests.Unit::Fogbank.Tests.Unit.Runtimes.SampleFunction";

    private protected override string[] Command { get; } =
    [
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "/usr/bin/dotnet",
        Path.Combine(Root, "runtimes/dotnet/Fogbank.Runtimes.DotNet/bin", Configuration, "net10.0/Fogbank.Runtimes.DotNet.dll"),
    ];

    private protected override string TaskRoot => AppContext.BaseDirectory;

    private protected override string ErrorTypeOfFail => "ArgumentException";

    private protected override string FrameOfFail => "at Fogbank.Tests.Unit.Runtimes.SampleFunction.Fail(Stream input)";

    // bin/CONFIGURATION/net10.0
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent!.Name;

    private protected override string Name(string handler) => handler == "Broken" ? $"{Prefix}+Broken::Handle" : $"{Prefix}::{handler}";

    [Theory]
    [InlineData("Typed", """{"name": "ž", "COUNT": 1}""", """{"Name":"\u017E","Count":2}""")]
    [InlineData("Sum", "[1, 2, 3]", "6")]
    [InlineData("Value", "\"a\"", "\"a!\"")]
    [InlineData("Nothing", "{}", "null")]
    [InlineData("Shout", "\"a\"", "\"A?\"")]
    public async Task Every_form_of_handler_answers(string handler, string payload, string expected)
    {
        await using var process = Start(handler);

        for (var i = 0; i < 2; i++)
        {
            var outcome = await Api.InvokeAsync(System.Text.Encoding.UTF8.GetBytes(payload), Cancellation);
            Assert.Equal(("response", expected), (outcome.Kind, outcome.Text));
        }
    }

    [Fact]
    public async Task The_cause_of_an_error_is_reported_with_it()
    {
        await using var process = Start("Fail");

        var outcome = await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);

        Assert.Equal(("InvalidOperationException", "the cause"), ((string?)outcome.Json!["cause"]!["errorType"], (string?)outcome.Json["cause"]!["errorMessage"]));
    }

    [Fact]
    public async Task An_event_of_the_wrong_form_fails_that_invocation_alone()
    {
        await using var process = Start("Sum");

        var outcome = await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);

        Assert.Equal(("error", "JsonSerializerException"), (outcome.Kind, outcome.ErrorType));
        Assert.Equal("3", (await Api.InvokeAsync("[3]"u8.ToArray(), Cancellation)).Text);
    }

    [Theory]
    [InlineData("Nowhere::A.B::C", "Could not find the specified handler assembly with the file name 'Nowhere.dll'. The assembly should be located in the root of your uploaded .zip file.")]
    [InlineData("Fogbank.Tests.Unit::A.B::C", "Unable to load type 'A.B' from assembly 'Fogbank.Tests.Unit'.")]
    [InlineData(Prefix + "::Nope", "Unable to find method 'Nope' in type 'Fogbank.Tests.Unit.Runtimes.SampleFunction' from assembly 'Fogbank.Tests.Unit': Found no methods matching the provided information.")]
    [InlineData("Nowhere", "Invalid lambda function handler: 'Nowhere'. The valid format is 'ASSEMBLY::TYPE::METHOD'.")]
    public async Task A_handler_that_cannot_be_loaded_is_a_validation_error(string handler, string message)
    {
        await using var process = StartNamed(handler);

        var outcome = await Api.OutcomeAsync(Cancellation);
        var (status, _) = await process.ExitAsync(Cancellation);

        Assert.Equal(("init/error", "LambdaValidationException", message), (outcome.Kind, outcome.ErrorType, (string?)outcome.Json!["errorMessage"]));
        Assert.Equal(1, status);
    }

    [Fact]
    public async Task Log_records_have_AWSs_form()
    {
        await using var process = Start("Log");

        await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);
        var lines = await process.StopAsync(Cancellation);

        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\trequest-1\t", line));
        Assert.Equal(
            ["info\ttwo\rlines", "info\ta line", "fail\tan error", "info\t5 of 7", "info\tno end"],
            lines.Select(line => line[(line.IndexOf("request-1\t", StringComparison.Ordinal) + 10)..]));
    }
}
