using System.Net;
using System.Text;
using Fogbank.Engines;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>Workloads of the process engine that have a place in a network, on this machine itself.</summary>
public sealed class NetworkedFunctionTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workload_has_its_address_its_name_server_and_no_way_to_the_machine()
    {
        fixture.RequireIsolation();
        using System.Net.Sockets.TcpListener machine = new(IPAddress.Any, 0);
        machine.Start();
        var port = ((IPEndPoint)machine.LocalEndpoint).Port;
        var spec = fixture.Runs(["/usr/bin/python3", "-S", "-c", $$"""
            import socket
            print(open('/etc/resolv.conf').read().strip())
            d = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            d.connect(('172.31.0.1', 9))
            print(d.getsockname()[0])
            d.close()
            d = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            d.sendto(b'?', ('169.254.169.253', 53))
            print(d.recv(10).decode())
            for address in ('172.31.0.1', '{{Own()}}', '169.254.169.254'):
                s = socket.socket()
                s.settimeout(2)
                try:
                    s.connect((address, {{port}}))
                    print('reached', address)
                except OSError:
                    print('refused')
            """]) with
        {
            Network = new()
            {
                Network = "vpc-test",
                Range = IPNetwork.Parse("172.31.0.0/16"),
                Address = IPAddress.Parse("172.31.0.5"),
                Gateway = IPAddress.Parse("172.31.0.1"),
                PrefixLength = 20,
                BytesPerSecond = 10_000_000,
            },
            Endpoints = [new() { Name = "dns", Address = IPAddress.Parse("169.254.169.253"), Port = 53, Protocol = EndpointProtocol.Udp }],
        };

        await using var workload = await fixture.Engine.StartAsync(spec, Cancelled);
        var socket = await workload.Listeners[0].AcceptAsync(Cancelled);
        var buffer = new byte[16];
        var asked = await socket!.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), Cancelled);
        await socket.SendToAsync(Encoding.ASCII.GetBytes("yes"), asked.RemoteEndPoint, Cancelled);
        StringBuilder output = new();
        await foreach (var chunk in workload.ReadOutputAsync(Cancelled))
        {
            output.Append(Encoding.UTF8.GetString(chunk.Data.Span));
        }

        Assert.Equal("nameserver 169.254.169.253\n172.31.0.5\nyes\nrefused\nrefused\nrefused\n", output.ToString());
    }

    // An address of this machine that is not loopback.
    private static string Own() => System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(device => device.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)
        .First(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)).ToString();
}
