using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Kernel;

/// <summary>
/// Serves listeners that were made inside a workload's network namespace. The listener is the identity of the caller: whoever connects is
/// that workload.
/// </summary>
public interface IEndpointHost
{
    /// <summary>Serves HTTP/1.1 on accepted connections with a handler of the caller's own (the Lambda Runtime API).</summary>
    /// <param name="accept">Gives the next accepted connection; null ends the serving.</param>
    /// <param name="handler">Answers a request.</param>
    /// <param name="first">
    /// Has each connection before the server, with the token of its end, and may serve from its bytes what is worth that; true where the
    /// connection is over, false where the server shall go on with what is unread. Null for none.
    /// </param>
    /// <returns>Disposing it ends the serving and aborts its connections.</returns>
    IAsyncDisposable Serve(
        Func<CancellationToken, ValueTask<Socket?>> accept,
        Func<HttpContext, Task> handler,
        Func<IDuplexPipe, CancellationToken, ValueTask<bool>>? first = null);

    /// <summary>Serves the region itself to a workload.</summary>
    /// <param name="accept">Gives the next accepted connection; null ends the serving.</param>
    /// <param name="workload">Who connects.</param>
    IAsyncDisposable ServeRegion(Func<CancellationToken, ValueTask<Socket?>> accept, WorkloadIdentity workload);
}

/// <summary>A workload as the front door knows it.</summary>
/// <param name="WorkloadId">The engine's id.</param>
/// <param name="Scope">Whose it is.</param>
/// <param name="ResourceArn">What it runs: a function, a task.</param>
public sealed record WorkloadIdentity(string WorkloadId, Scope Scope, string ResourceArn);
