using System.Security.Cryptography;
using System.Text;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Store;

/// <summary>Accepted asynchronous events, in a database of their own.</summary>
internal sealed class AsyncEventStore(IStore store)
{
    private IDatabase? _queue;

    internal IDatabase Queue => _queue ?? throw new InvalidOperationException("The queue of the Lambda service is not open yet.");

    internal async ValueTask OpenAsync(CancellationToken cancellationToken) =>
        _queue = await store.OpenAsync(LambdaSchema.Queue, cancellationToken);

    /// <summary>Keeps an event; a repetition of a call that was accepted before changes nothing.</summary>
    internal async ValueTask AcceptAsync(Scope scope, AsyncEventRecord item, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var id = idempotencyKey is null ? item.RequestId : "k:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)));
        var key = StoreKey.Of(scope.AccountId, scope.Region, id);
        _ = await Queue.TryPutAsync(LambdaSchema.Events, key, item, 0, cancellationToken);
    }
}
