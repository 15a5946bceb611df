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
    internal static Uri UriOf(IPAddress address, int port)
    {
        var reached = address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
        return new($"http://{new IPEndPoint(reached, port)}");
    }
}
