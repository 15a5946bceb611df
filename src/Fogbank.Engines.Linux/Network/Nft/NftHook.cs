namespace Fogbank.Engines.Linux.Network.Nft;

/// <summary>Where in a packet's way a chain stands.</summary>
internal enum NftHook
{
    Prerouting,
    Input,
    Forward,
    Output,
    Postrouting,
}
