// One program, two ways to run it: as a Lambda function where there is a Runtime API, else as a task that ends.
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Fogbank.Lambda;

if (Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") is not null)
{
    await LambdaBootstrap.RunAsync((input, context) =>
    {
        using var @event = JsonDocument.Parse(input);
        var upTo = @event.RootElement.GetProperty("upTo").GetInt32();
        Console.WriteLine($"request {context.AwsRequestId} asks for the primes up to {upTo}");
        return Task.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes($$"""{"primes":{{CountPrimes(upTo)}}}"""));
    });
    return 0;
}

if (args is not [var limit] || !int.TryParse(limit, out var most))
{
    Console.Error.WriteLine("usage: Hello NUMBER");
    return 2;
}

var watch = Stopwatch.StartNew();
Console.WriteLine($"{Environment.MachineName}: {Environment.ProcessorCount} CPU, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB");
Console.WriteLine($"{CountPrimes(most)} primes up to {most}, counted in {watch.ElapsedMilliseconds} ms");
return 3; // not 0, so that whoever ran it sees that exit codes come through

static int CountPrimes(int most)
{
    var composite = new bool[most + 1];
    var count = 0;
    for (var number = 2; number <= most; number++)
    {
        if (composite[number])
        {
            continue;
        }

        count++;
        for (var multiple = (long)number * number; multiple <= most; multiple += number)
        {
            composite[multiple] = true;
        }
    }

    return count;
}
