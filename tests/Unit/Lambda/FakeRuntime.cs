using System.Net.Http.Headers;
using System.Text;
using Fogbank.Engines;

namespace Fogbank.Tests.Unit.Lambda;

/// <summary>An event as a runtime sees it.</summary>
internal sealed record FakeEvent(string RequestId, string Payload, HttpResponseHeaders Headers)
{
    internal string Header(string name) => Headers.TryGetValues(name, out var values) ? values.Single() : "";
}

/// <summary>The runtime's side of the Runtime API, for scripts of tests.</summary>
internal sealed class FakeRuntime(FakeWorkload workload, int port, CancellationToken end) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { BaseAddress = new Uri($"http://127.0.0.1:{port}/2018-06-01/runtime/"), Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => _http.Dispose();

    internal CancellationToken End => end;

    internal FakeWorkload Workload => workload;

    internal static Task<int> EchoAsync(FakeRuntime runtime) => runtime.ServeAsync(static item => Task.FromResult(item.Payload));

    /// <summary>Takes events for ever and answers each.</summary>
    internal async Task<int> ServeAsync(Func<FakeEvent, Task<string>> handler)
    {
        while (true)
        {
            var item = await NextAsync();
            await workload.Thawed;
            await RespondAsync(item.RequestId, await handler(item));
        }
    }

    internal async Task<FakeEvent> NextAsync()
    {
        using var answer = await _http.GetAsync("invocation/next", end);
        answer.EnsureSuccessStatusCode();
        return new(
            answer.Headers.GetValues("Lambda-Runtime-Aws-Request-Id").Single(), await answer.Content.ReadAsStringAsync(end), answer.Headers);
    }

    internal async Task<(int Status, string Body)> PostAsync(string path, byte[] body, string? errorType = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (errorType is not null)
        {
            request.Headers.Add("Lambda-Runtime-Function-Error-Type", errorType);
        }

        using var answer = await _http.SendAsync(request, end);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(end));
    }

    internal Task<(int Status, string Body)> RespondAsync(string id, string body) => PostAsync($"invocation/{id}/response", Encoding.UTF8.GetBytes(body));

    internal ValueTask PrintAsync(string text) => workload.WriteAsync(text, LogStream.StandardOutput);
}
