using System.Text.Json;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>What a further process in a container takes from the container's <c>config.json</c>.</summary>
internal sealed record ExecBundle
{
    internal required uint Uid { get; init; }
    internal required uint Gid { get; init; }
    internal required IReadOnlyList<uint> Groups { get; init; }
    internal required IReadOnlyList<string> Environment { get; init; }
    internal required string WorkingDirectory { get; init; }
    internal required IReadOnlyList<string> Bounding { get; init; }
    internal required IReadOnlyList<string> Effective { get; init; }
    internal required IReadOnlyList<(string Name, ulong Soft, ulong Hard)> Limits { get; init; }

    internal string SearchPath =>
        Environment.LastOrDefault(variable => variable.StartsWith("PATH=", StringComparison.Ordinal))?[5..]
        ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal static ExecBundle Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var process = json.RootElement.GetProperty("process");
        var user = process.GetProperty("user");
        var capabilities = process.GetProperty("capabilities");
        return new()
        {
            Uid = user.GetProperty("uid").GetUInt32(),
            Gid = user.GetProperty("gid").GetUInt32(),
            Groups = [.. user.GetProperty("additionalGids").EnumerateArray().Select(gid => gid.GetUInt32())],
            Environment = Texts(process.GetProperty("env")),
            WorkingDirectory = process.GetProperty("cwd").GetString()!,
            Bounding = Texts(capabilities.GetProperty("bounding")),
            Effective = Texts(capabilities.GetProperty("effective")),
            Limits = [.. process.GetProperty("rlimits").EnumerateArray().Select(limit =>
                (limit.GetProperty("type").GetString()![7..].ToLowerInvariant(), limit.GetProperty("soft").GetUInt64(), limit.GetProperty("hard").GetUInt64()))],
        };
    }

    private static List<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];
}
