using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>One process of a client SDK, which performs calls that are sent to it a line each (<c>tests/clients</c>). All tests share it.</summary>
internal sealed class LineClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly JsonSerializerOptions Json = new() { Converters = { new BytesConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly Process _process;
    private readonly string _name;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Task _reading;
    private int _last;

    private LineClient(string name, Process process)
    {
        _name = name;
        _process = process;
        process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        process.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    public static LineClient Start(string name, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(variable);
        }

        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_CONFIG_FILE"] = start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
        return new(name, Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start."));
    }

    /// <summary>Performs a call of an SDK.</summary>
    /// <exception cref="ClientException">The client raised an error.</exception>
    public async Task<JsonNode?> CallAsync(
        Uri endpoint, Identity identity, string service, string call, object? input, object? options, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            $"{_name} {service} {call}",
            id => new
            {
                id,
                endpoint = endpoint.OriginalString,
                region = identity.Region,
                key = identity.Key,
                secret = identity.Secret,
                token = identity.Token,
                service,
                call,
                input,
                options,
            },
            cancellationToken);
        if (answer["error"] is { } error)
        {
            throw new ClientException(
                $"{_name} {service} {call}", error["code"]?.ToString() ?? "", error["message"]?.ToString() ?? "", error["status"]?.GetValue<int>() ?? 0);
        }

        return answer["result"];
    }

    /// <summary>Sends a line and waits for the one that answers it.</summary>
    public async Task<JsonNode> SendAsync(string what, Func<int, object> line, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _last);
        var text = JsonSerializer.Serialize(line(id), Json);
        var done = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = done;
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _process.StandardInput.WriteLineAsync(text);
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }

        try
        {
            return await done.Task.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{what} took more than {Patience.TotalSeconds} s.\n{string.Join('\n', _errors)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        await _reading;
        _process.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var answer = JsonNode.Parse(line)!;
            if (_waiting.TryRemove(answer["id"]!.GetValue<int>(), out var done))
            {
                done.SetResult(answer);
            }
        }

        foreach (var (id, done) in _waiting)
        {
            done.TrySetException(new InvalidOperationException($"{_name} ended during call {id}.\n{string.Join('\n', _errors)}"));
        }
    }

    private sealed class BytesConverter : JsonConverter<byte[]>
    {
        public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteBase64String("$bytes", value);
            writer.WriteEndObject();
        }
    }
}

/// <summary>As whom a client calls.</summary>
internal sealed record Identity(string Key, string Secret = "test", string? Token = null, string Region = "us-east-1");
