using Fogbank.Hosting;
using Fogbank.Settings;
using Fogbank.Store;

namespace Fogbank.CommandLine;

/// <summary>What <c>fogbank up</c> says once it answers.</summary>
internal static class Banner
{
    internal static void Write(TextWriter target, RegionHost region, UpSettings settings)
    {
        var address = region.Address.OriginalString;
        var data = settings.Memory ? "in memory, forgotten at the end" : region.DataDirectory;
        var durability = settings.Durability == Durability.Power
            ? "power: an acknowledged write is on the disk"
            : "process: an acknowledged write survives kill -9, not a power cut";
        var text =
            $"""

             Fogbank {ProgramVersion.Text} answers at {address}

               auth        open: every call is allowed, and nobody is asked who they are
               isolation   {Words.Of(region.Engines.Processes.Isolation)}: {region.Engines.Processes.IsolationReason}
               durability  {durability}
               data        {data}
               region      {settings.Region}, account {settings.AccountId}

             Try in another terminal:
               eval "$({ProgramName.Text} env{(settings.Port == 4566 ? "" : $" --endpoint {address}")})"
               aws s3 mb s3://my-bucket
               {ProgramName.Text} fn deploy ./my-function

             Ready.
             """;
        try
        {
            target.WriteLine(text);
            target.Flush();
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            // Started with standard output closed: a region needs nobody who reads.
        }
    }
}
