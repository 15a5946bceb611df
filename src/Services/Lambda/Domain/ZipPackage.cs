using System.IO.Compression;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>What a deployment package must be before it is stored.</summary>
internal static class ZipPackage
{
    private const int MaxEntries = 100_000;

    /// <summary>Checks a seekable zip archive; throws AWS's errors. Sizes are what the archive claims: the engine enforces them unpacking.</summary>
    internal static void Check(Stream stream)
    {
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.Entries.Count == 0)
            {
                throw LambdaErrors.InvalidParameter("Uploaded file must be a non-empty zip");
            }

            long total = 0;
            foreach (var entry in archive.Entries)
            {
                total += entry.Length;
                if (total > CodeLimits.UnzippedBytes || archive.Entries.Count > MaxEntries)
                {
                    throw LambdaErrors.UnzippedTooLarge();
                }
            }
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or IOException or OverflowException or ArgumentException)
        {
            throw LambdaErrors.CannotUnzip();
        }
    }
}
