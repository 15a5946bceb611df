using Fogbank.Kernel;
using Fogbank.Wire.FrontDoor;

namespace Fogbank.Wire.Hosting;

/// <summary>
/// The region on its port. The composition makes, in this order: <see cref="RegionSockets"/> (the port), <see cref="RegionAddress"/> (from
/// the port), <see cref="EndpointHost"/> (registered as <see cref="IEndpointHost"/>), the services, and last this.
/// </summary>
/// <remarks>
/// Of the service provider it takes, where they are registered: <see cref="IAuthenticator"/>, <see cref="IAuthorizer"/>,
/// <see cref="ICorsPolicySource"/>, <see cref="IFormUpload"/>, and all <see cref="IHttpSurface"/> and <see cref="IResettable"/>.
/// </remarks>
public sealed class RegionServer : IAsyncDisposable
{
    /// <summary>For answers that are written but not yet sent.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private readonly RegionServerParts _parts;
    private readonly FrontDoorPipeline _pipeline;
    private readonly KestrelHost _kestrel;
    private readonly RequestDrain _drain = new();
    private readonly List<IAsyncDisposable> _loops = [];

    public RegionServer(RegionServerParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = parts;
        _pipeline = new FrontDoorPipeline(parts);
        _kestrel = new KestrelHost(parts.Endpoints, parts.Services, parts.Loggers);
    }

    /// <summary>Answers requests from its return on.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _kestrel.StartAsync(new FrontDoorApplication(_pipeline.HandleAsync, _drain, _parts.Services), cancellationToken);
        foreach (var socket in _parts.Sockets.Sockets)
        {
            socket.Listen(512);
            _loops.Add(_parts.Endpoints.ServeSocket(socket));
        }
    }

    /// <summary>
    /// Takes no more requests on the region's own port and lets those under way end within <see cref="RegionServerOptions.StopGrace"/>.
    /// Workloads are served on until the end of <see cref="DisposeAsync"/>: what they are at may need them, and services stop them.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _parts.Sockets.Dispose();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_parts.Options.StopGrace);
        await _drain.CloseAsync(deadline.Token);
    }

    /// <summary>Ends every connection, those of workloads too: the services have stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        using var deadline = new CancellationTokenSource(LastWords);
        await _kestrel.StopAsync(deadline.Token);
        foreach (var loop in _loops)
        {
            await loop.DisposeAsync();
        }

        _loops.Clear();
        await _kestrel.DisposeAsync();
        _pipeline.Dispose();
        await _parts.Endpoints.DisposeAsync();
    }
}
