using System.Globalization;
using Fogbank.Tests.EndToEnd.Harness;
using Fogbank.Tests.EndToEnd.Harness.Recording;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedRegion))]

namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>The one region that most tests share, each with an account of its own, and the client processes that they share.</summary>
public sealed class SharedRegion : IAsyncLifetime
{
    private RegionProcess? _region;
    private Recorder? _recorder;
    private Lazy<LineClient> _boto = null!;
    private Lazy<LineClient> _node = null!;
    private Lazy<LineClient> _cli = null!;
    private string _home = "";
    private long _lastAccount = 100_000_000_000;

    internal RegionProcess Process => _region!;

    /// <summary>Where clients call: through the recorder, which changes no byte.</summary>
    internal Uri Address => _recorder!.Address;

    internal Recorder Recorder => _recorder!;

    internal LineClient Boto => _boto.Value;

    internal LineClient Node => _node.Value;

    internal LineClient Cli => _cli.Value;

    /// <summary>A home folder with no configuration of AWS clients.</summary>
    internal string Home => _home;

    public async ValueTask InitializeAsync()
    {
        _home = Directory.CreateTempSubdirectory("fogbank-e2e-home-").FullName;
        _boto = new(() => LineClient.Start("boto3", "/usr/bin/python3", Repository.Of("tests/clients/boto3/client.py")));
        _node = new(() => LineClient.Start("node", "/usr/bin/node", Repository.Of("tests/clients/node/client.mjs")));
        _cli = new(() => LineClient.Start("aws", "/usr/bin/python3", Repository.Of("tests/clients/cli/client.py")));
        _region = await RegionProcess.StartAsync(null, [], CancellationToken.None);
        _recorder = Recorder.Start(_region.Address);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in new[] { _boto, _node, _cli }.Where(client => client.IsValueCreated))
        {
            await client.Value.DisposeAsync();
        }

        if (_recorder is not null)
        {
            await _recorder.DisposeAsync();
        }

        Directory.Delete(_home, recursive: true);
        if (_region is not null)
        {
            await _region.DisposeAsync();
        }

        // What was signed with keys of users and roles belongs to no test's account.
        if (_recorder is not null && ShapeChecker.Check(_recorder.TakeRest()) is { Count: > 0 } violations)
        {
            throw new InvalidOperationException("Answers differ in form from those of AWS:\n" + string.Join('\n', violations));
        }

        Console.WriteLine(
            Repository.Recorded is null
                ? $"answers held against AWS's: {ShapeChecker.Checked.Values.Sum()} by documentation alone, the recordings are not on this machine"
                : $"answers held against AWS's: {ShapeChecker.Checked.Values.Sum()} of {ShapeChecker.Checked.Count} operations");
    }

    internal string NewAccount() => Interlocked.Increment(ref _lastAccount).ToString(CultureInfo.InvariantCulture);
}
