using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Network;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>
/// The warden: takes requests from the region until its end of the socket closes, then ends what is ephemeral. Where something durable
/// runs it stays for the orphan grace, or until a new region tells it to stand down: that region's own warden finds everything again.
/// </summary>
internal sealed class WardenServer(WardenChannel channel, IReadOnlyList<WardenDriver> drivers) : IDisposable
{
    private StandDownSocket? _standDown;
    private TimeSpan _orphanGrace;
    private Lazy<Networks>? _networks;

    /// <summary>Serves until nothing is left to do.</summary>
    internal void Run()
    {
        List<int> descriptors = [];
        var left = false;
        while (!left && channel.Receive(descriptors) is { } message)
        {
            left = Handle(WardenHeader.Read(message.Span), message[WardenHeader.Size..]);
        }
        if (!left)
        {
            EndEphemeral();
        }
        Stay();
    }

    private bool Handle(WardenHeader header, ReadOnlyMemory<byte> payload)
    {
        WardenRequest request = new(channel, header.Driver, header.Sequence, payload);
        try
        {
            switch (header.Type)
            {
                case WardenMessageType.Setup when header.Driver == 0:
                    var setup = WardenSetup.Deserialize(payload.Span);
                    _orphanGrace = setup.OrphanGrace;
                    _networks = new(() => Networks.Open(new() { Directory = Path.Combine(setup.RunDirectory, "net") }));
                    _standDown = StandDownSocket.Listen(setup.RunDirectory);
                    request.Reply();
                    return false;
                case WardenMessageType.Setup:
                    DriverOf(header).SetUp(payload, new(
                        bytes => channel.Send(new WardenHeader(WardenMessageType.Event, header.Driver, 0).Before(bytes), []), _networks!));
                    request.Reply();
                    return false;
                case WardenMessageType.Leave:
                    EndEphemeral();
                    if (payload.Span[0] == 0)
                    {
                        EndDurable();
                    }
                    request.Reply([drivers.Any(driver => driver.HasDurable) ? (byte)1 : (byte)0]);
                    return true;
                default:
                    DriverOf(header).Handle(request);
                    return false;
            }
        }
        catch (EngineException error)
        {
            request.Fail(error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            request.Fail(new EngineException(EngineErrorKind.StartFailed, error.Message));
        }
        return false;
    }

    private WardenDriver DriverOf(WardenHeader header) => drivers.FirstOrDefault(driver => driver.Code == header.Driver)
        ?? throw new EngineException(EngineErrorKind.Unsupported, $"The warden knows no driver {header.Driver}.");

    private void EndEphemeral()
    {
        foreach (var driver in drivers)
        {
            driver.EndEphemeral();
        }
    }

    private void EndDurable()
    {
        foreach (var driver in drivers)
        {
            driver.EndDurable();
        }
    }

    private void Stay()
    {
        Descriptors.Silence(); // whoever reads what the region writes must see its end
        var since = TimeProvider.System.GetTimestamp();
        while (drivers.Any(driver => driver.HasDurable))
        {
            if (_standDown?.Wait(200) == true)
            {
                return;
            }
            if (TimeProvider.System.GetElapsedTime(since) > _orphanGrace)
            {
                EndDurable();
                return;
            }
        }
    }

    public void Dispose()
    {
        foreach (var driver in drivers)
        {
            driver.Dispose();
        }
        if (_networks is { IsValueCreated: true } networks)
        {
            networks.Value.Dispose();
        }
        _standDown?.Dispose();
        channel.Dispose();
    }
}
