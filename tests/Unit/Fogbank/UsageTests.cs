using System.CommandLine;
using Fogbank.CommandLine;
using Fogbank.Hosting;
using Xunit;

namespace Fogbank.Tests.Unit.CommandLine;

public class UsageTests
{
    [Theory]
    [InlineData("nonsense", "'nonsense'", "`fogbank --help`")]
    [InlineData("up --nonsense", "'--nonsense'", "`fogbank up --help`")]
    [InlineData("fn deploy", "'dir'", "`fogbank fn deploy --help`")]
    [InlineData("fn deploy x --memory abc", "--memory abc: give a whole number.", "`fogbank fn deploy --help`")]
    public async Task What_is_wrong_is_said_without_the_help(string line, string said, string hint)
    {
        var (code, output, error) = await RunAsync(line);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.Contains(hint, error, StringComparison.Ordinal);
        Assert.Equal(2, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("", "up")]
    [InlineData("fn", "deploy")]
    public async Task A_group_alone_shows_its_commands(string line, string command)
    {
        var (code, output, error) = await RunAsync(line);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains(command, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./fogbank", "./fogbank")]
    [InlineData("/opt/fogbank/fogbank", "/opt/fogbank/fogbank")]
    [InlineData("fogbank", "fogbank")]
    [InlineData("/x/bin/fogbank.dll", "fogbank")]
    [InlineData("/my programs/fogbank", "fogbank")]
    public void What_to_type_is_what_was_typed(string called, string shown) => Assert.Equal(shown, ProgramName.Of(called));

    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1:80")]
    [InlineData("0.0.0.0", "http://127.0.0.1:80")]
    [InlineData("::", "http://[::1]:80")]
    [InlineData("::1", "http://[::1]:80")]
    [InlineData("192.168.1.2", "http://192.168.1.2:80")]
    public void A_region_is_reached_where_it_listens(string address, string uri) =>
        Assert.Equal(uri, Words.UriOf(System.Net.IPAddress.Parse(address), 80).OriginalString);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Usage.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
