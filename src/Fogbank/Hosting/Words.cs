using System.Net;
using Fogbank.Engines;
using Fogbank.Store;

namespace Fogbank.Hosting;

/// <summary>Settings as users write and read them.</summary>
internal static class Words
{
    internal static string Of(IsolationLevel isolation) => isolation switch
    {
        IsolationLevel.Full => "full",
        IsolationLevel.User => "user",
        _ => "none",
    };

    internal static string Of(Durability durability) => durability == Durability.Power ? "power" : "process";

    /// <summary>Where a client of this machine reaches what listens on <paramref name="address"/>.</summary>
    internal static Uri UriOf(IPAddress address, int port) => new UriBuilder(
        Uri.UriSchemeHttp,
        address.Equals(IPAddress.Any) ? "127.0.0.1" : address.Equals(IPAddress.IPv6Any) ? "[::1]" : new IPEndPoint(address, 0).ToString()[..^2],
        port).Uri;
}
