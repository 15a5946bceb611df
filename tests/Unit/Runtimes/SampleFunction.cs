using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Lambda.Core;

namespace Fogbank.Tests.Unit.Runtimes;

/// <summary>The function that the .NET client runs in its tests.</summary>
public sealed class SampleFunction
{
    public sealed record Order(string Name, int Count);

    public Stream Echo(Stream input)
    {
        var copy = new MemoryStream();
        input.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    public async Task<Order> Typed(Order order)
    {
        await Task.Yield();
        return order with { Count = order.Count + 1 };
    }

    public static int Sum(int[] numbers, ILambdaContext context) => numbers.Sum();

    public async ValueTask<string> Value(string input)
    {
        await Task.Yield();
        return input + "!";
    }

    public void Nothing()
    {
    }

    public async Task Fail(Stream input)
    {
        await Task.Yield();
        throw new ArgumentException("boom ž", new InvalidOperationException("the cause"));
    }

    public JsonObject Context(JsonObject input, ILambdaContext context) => new()
    {
        ["id"] = context.AwsRequestId,
        ["name"] = context.FunctionName,
        ["version"] = context.FunctionVersion,
        ["memory"] = $"{context.MemoryLimitInMB}",
        ["arn"] = context.InvokedFunctionArn,
        ["group"] = context.LogGroupName,
        ["stream"] = context.LogStreamName,
        ["remaining"] = context.RemainingTime.TotalMilliseconds,
        ["trace"] = Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID"),
        ["colour"] = context.ClientContext!.Custom["colour"],
        ["title"] = context.ClientContext.Client.AppTitle,
        ["identity"] = context.Identity!.IdentityId,
        ["tenant"] = context.TenantId,
    };

    public string Log(JsonObject input, ILambdaContext context)
    {
        Console.WriteLine("two\nlines");
        context.Logger.LogLine("a line");
        context.Logger.LogError("an error");
        context.Logger.LogInformation("{Count} of {Total}", 5, 7);
        Console.Write("no end");
        return "logged";
    }

    [LambdaSerializer(typeof(ShoutingSerializer))]
    public string Shout(string input) => input + "?";

    public sealed class Broken
    {
        public Broken() => throw new ArgumentException("no start");

        public void Handle()
        {
        }
    }

    /// <summary>A serializer of the user's own.</summary>
    public sealed class ShoutingSerializer
    {
        public T Deserialize<T>(Stream stream) => JsonSerializer.Deserialize<T>(stream)!;

        public void Serialize<T>(T value, Stream stream) => JsonSerializer.Serialize(stream, value?.ToString()?.ToUpperInvariant());
    }
}
