using Fogbank.Kernel;

namespace Fogbank.Wire.FrontDoor;

/// <summary>Makes the ids of answers in the form that each family of services has.</summary>
internal static class RequestIds
{
    public static (string RequestId, string? HostId) New(IIdSource ids, bool isS3)
    {
        if (!isS3)
        {
            return (ids.NewUuid(), null);
        }

        Span<byte> bytes = stackalloc byte[56];
        ids.Fill(bytes);
        return (Convert.ToHexString(bytes[..8]), Convert.ToBase64String(bytes));
    }
}
