using System.Text.Json;
using Fogbank.Eng.Contracts;
using Xunit;

namespace Fogbank.Tests.Unit.Contracts;

public sealed class ContractConverterTests
{
    [Fact]
    public void Facts_are_kept_and_prose_is_not()
    {
        Pinned.Check("converted.json.txt", Convert(null));
    }

    [Fact]
    public void Operation_list_keeps_only_what_its_operations_reach()
    {
        var contract = Convert(new HashSet<string> { "Ping" });

        Assert.Contains("\"Ping\": {", contract, StringComparison.Ordinal);
        Assert.DoesNotContain("\"PutThing\": {", contract, StringComparison.Ordinal);
        Assert.Contains("\"others\": [\n    \"PutThing\"\n  ]", contract, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Counts\"", contract, StringComparison.Ordinal);
        Assert.Contains("\"PingResponse\"", contract, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_operation_in_the_list_is_named()
    {
        var error = Assert.Throws<InvalidDataException>(() => Convert(new HashSet<string> { "Ping", "Pong" }));
        Assert.Contains("Pong", error.Message, StringComparison.Ordinal);
    }

    private static string Convert(HashSet<string>? only)
    {
        using var model = JsonDocument.Parse(File.ReadAllText(Repository.Golden("model.txt")));
        return ContractConverter.Convert("things", model.RootElement, only);
    }
}
