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
}
