using System.Net;
using System.Net.Sockets;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Tokens;

/// <summary>
/// Where a container client logs in. That is the registry's own name where this machine resolves names under <c>localhost</c>; where it does
/// not, the region's plain address, which stands for the default account's registry in the default region.
/// </summary>
/// <param name="resolves">Whether a host name leads to this machine; may be slow.</param>
internal sealed class ProxyEndpoints(
    RegistryAddresses names, RegionAddress address, RegionOptions options, Func<string, CancellationToken, Task<bool>> resolves)
{
    /// <summary>A resolver that takes longer has no answer that a container client would wait for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private bool? _resolves;

    internal async ValueTask<Uri> OfAsync(Scope scope, CancellationToken cancellationToken)
    {
        var isDefault = scope == new Scope(options.DefaultAccountId, options.DefaultRegion);
        return isDefault && !(_resolves ??= await AskAsync(names.HostOf(scope).Split(':')[0], cancellationToken))
            ? address.Advertised
            : new Uri($"http://{names.HostOf(scope)}");
    }

    /// <summary>Asks the system, as clients do.</summary>
    internal static async Task<bool> ResolvesAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return (await Dns.GetHostAddressesAsync(host, cancellationToken)).Any(IPAddress.IsLoopback);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<bool> AskAsync(string host, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            return await resolves(host, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
