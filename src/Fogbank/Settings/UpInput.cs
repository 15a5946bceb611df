using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Fogbank.Wire.Hosting;

namespace Fogbank.Settings;

/// <summary>What <c>fogbank up</c> was asked for, as text. Checking it finds every problem at once.</summary>
internal sealed partial record UpInput
{
    public string? Host { get; init; }

    public string? Port { get; init; }

    public string? DataDirectory { get; init; }

    public string? State { get; init; }

    public string? Durability { get; init; }

    public string? Region { get; init; }

    public string? Account { get; init; }

    /// <summary>Null: nothing was said. Off loopback it must be said.</summary>
    public string? Auth { get; init; }

    public string? Isolation { get; init; }

    public string? OrphanGrace { get; init; }

    public string? OvercommitCpu { get; init; }

    public string? OvercommitMemory { get; init; }

    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <returns>The settings, or null and what is wrong with each.</returns>
    internal UpSettings? Check(out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        var addresses = Addresses(found);
        var port = 4566;
        if (Port is not null && (!int.TryParse(Port, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535))
        {
            found.Add($"--port {Port}: a TCP port is a number from 0 (any free one) to 65535.");
        }

        var memory = One(found, "--state", State ?? "disk", "disk", "memory") == "memory";
        if (memory && DataDirectory is not null)
        {
            found.Add("--data-dir and --state memory exclude each other: state in memory has no folder.");
        }

        if (DataDirectory is not null && string.IsNullOrWhiteSpace(DataDirectory))
        {
            found.Add("--data-dir is empty: name a folder, or leave it out.");
        }
        else if (File.Exists(DataDirectory))
        {
            found.Add($"--data-dir {DataDirectory} is a file: name a folder; it is made where it does not exist.");
        }

        var region = Region ?? "us-east-1";
        if (!RegionName().IsMatch(region))
        {
            found.Add($"--region {region}: a region looks like us-east-1.");
        }

        var account = Account ?? "000000000000";
        if (!AccountName().IsMatch(account))
        {
            found.Add($"--account {account}: an account is twelve digits.");
        }

        CheckAuth(found, addresses);
        foreach (var origin in AllowedOrigins.Where(origin => !IsOrigin(origin)))
        {
            found.Add($"--allow-origin {origin}: an origin is scheme, host and port without a path, such as http://localhost:3000.");
        }

        var durability = One(found, "--durability", Durability ?? "process", "process", "power");
        var isolation = One(found, "--isolation", Isolation ?? "auto", "auto", "none");
        var overcommitCpu = Factor(found, "--overcommit-cpu", OvercommitCpu);
        var overcommitMemory = Factor(found, "--overcommit-memory", OvercommitMemory);
        var orphanGrace = memory ? TimeSpan.FromSeconds(5) : TimeSpan.FromMinutes(10);
        if (OrphanGrace is not null && !TryParseTime(OrphanGrace, out orphanGrace))
        {
            found.Add($"--orphan-grace {OrphanGrace}: a time looks like 30s, 10m or 24h.");
        }

        problems = found;
        return found.Count > 0 ? null : new()
        {
            Addresses = addresses,
            Port = port,
            DataDirectory = memory ? null : Path.GetFullPath(DataDirectory ?? DefaultDataDirectory()),
            Memory = memory,
            Durability = durability == "power" ? Fogbank.Store.Durability.Power : Fogbank.Store.Durability.Process,
            Region = region,
            AccountId = account,
            Auth = AuthMode.Open,
            AllowedOrigins = AllowedOrigins,
            AllowedHosts = AllowedHosts,
            Unisolated = isolation == "none",
            OrphanGrace = orphanGrace,
            OvercommitCpu = overcommitCpu,
            OvercommitMemory = overcommitMemory,
        };
    }

    /// <summary>Where state lies unless told otherwise: system-wide for root, else in the user's data folder (XDG).</summary>
    internal static string DefaultDataDirectory()
    {
        if (Environment.IsPrivilegedProcess)
        {
            return "/var/lib/fogbank";
        }

        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        return Path.Combine(
            string.IsNullOrEmpty(data) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share") : data,
            "fogbank");
    }

    private static bool TryParseTime(string text, out TimeSpan time)
    {
        time = default;
        var seconds = (text.Length > 1 ? text[^1..] : "") switch { "s" => 1, "m" => 60, "h" => 3600, _ => 0 };
        if (seconds == 0 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 100_000)
        {
            return false;
        }

        time = TimeSpan.FromSeconds((long)count * seconds);
        return true;
    }

    private static double Factor(List<string> found, string option, string? text)
    {
        if (text is null)
        {
            return 1;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var factor) && factor is >= 0.1 and <= 1000)
        {
            return factor;
        }

        found.Add($"{option} {text}: a factor is a number from 0.1 to 1000.");
        return 1;
    }

    private void CheckAuth(List<string> found, IReadOnlyList<IPAddress> addresses)
    {
        switch (Auth)
        {
            case null when addresses.Any(address => !IPAddress.IsLoopback(address)):
                found.Add(
                    $"--host {Host} can be reached from other machines, and this version does not check who calls. "
                    + "Say --auth open if everybody who can reach it may do everything, or leave --host out.");
                break;
            case "iam":
                found.Add("--auth iam is not built yet: this version cannot refuse a call. Use --auth open on an address that only you can reach.");
                break;
            case not (null or "open"):
                found.Add($"--auth {Auth}: use open (iam is not built yet).");
                break;
        }
    }

    private IReadOnlyList<IPAddress> Addresses(List<string> found)
    {
        if (Host is null or "localhost")
        {
            return [IPAddress.Loopback];
        }

        if (IPAddress.TryParse(Host, out var address))
        {
            return [address];
        }

        found.Add($"--host {Host}: give an IP address, such as 127.0.0.1 or 0.0.0.0.");
        return [IPAddress.Loopback];
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") && uri.GetLeftPart(UriPartial.Authority) == text;

    private static string One(List<string> found, string option, string value, string first, string second)
    {
        if (value != first && value != second)
        {
            found.Add($"{option} {value}: use {first} or {second}.");
        }

        return value;
    }

    [GeneratedRegex(@"\A[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\z")]
    private static partial Regex RegionName();

    [GeneratedRegex(@"\A[0-9]{12}\z")]
    private static partial Regex AccountName();
}
