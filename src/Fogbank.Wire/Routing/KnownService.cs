using System.Globalization;
using Fogbank.Contracts;

namespace Fogbank.Wire.Routing;

/// <summary>A service that Fogbank knows by name, so that its calls get an honest answer before anything of it is built.</summary>
internal sealed record KnownService(
    string Name, string ServiceId, string SigningName, string EndpointPrefix, string? TargetPrefix, WireProtocol Protocol, string ApiVersion, int Operations)
{
    private static IReadOnlyList<KnownService>? s_all;

    /// <summary>All of them. Read on first use: no ordinary request needs the list.</summary>
    public static IReadOnlyList<KnownService> All => s_all ??= Load();

    private static KnownService[] Load()
    {
        using var stream = typeof(KnownService).Assembly.GetManifestResourceStream("known-services.tsv")
            ?? throw new InvalidOperationException("The list of known services is not in the program.");
        using var reader = new StreamReader(stream);
        var services = new List<KnownService>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#') || line.Split('\t') is not [var name, var id, var signing, var prefix, var target, var protocol, var version, var count])
            {
                continue;
            }

            services.Add(new KnownService(
                name, id, signing, prefix, target.Length == 0 ? null : target, Parse(protocol), version, int.Parse(count, CultureInfo.InvariantCulture)));
        }

        return [.. services];
    }

    private static WireProtocol Parse(string protocol) => protocol switch
    {
        "rest-json" => WireProtocol.RestJson,
        "rest-xml" => WireProtocol.RestXml,
        "json-1.0" => WireProtocol.Json10,
        "json-1.1" => WireProtocol.Json11,
        "query" => WireProtocol.Query,
        "ec2" => WireProtocol.Ec2,
        _ => WireProtocol.RpcV2Cbor,
    };
}
