using System.Globalization;
using System.Net.Sockets;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>
/// How a new region reaches a warden whose own region is gone: whoever connects asks it to end without touching durable workloads, and
/// sees the connection close when it has.
/// </summary>
internal sealed class StandDownSocket : IDisposable
{
    private const string Name = "warden.sock";
    private readonly Socket _socket;
    private readonly string _path;

    private StandDownSocket(Socket socket, string path) => (_socket, _path) = (socket, path);

    /// <summary>Listens in a folder that nobody else may enter.</summary>
    internal static StandDownSocket Listen(string directory)
    {
        var path = Path.Combine(directory, Name);
        File.Delete(path);
        using Descriptors fds = new();
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Short(directory, fds)));
        socket.Listen(4);
        Permissions.Set(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new(socket, path);
    }

    /// <summary>True when somebody asked, within the time; the connection is held until this process ends.</summary>
    internal bool Wait(int milliseconds) => _socket.Poll(TimeSpan.FromMilliseconds(milliseconds), SelectMode.SelectRead) && _socket.Accept() is not null;

    /// <summary>Asks the warden of a folder, if there is one, and waits until it is gone. Throws when it does not go.</summary>
    internal static async ValueTask AskAsync(string directory, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(directory, Name)))
        {
            return;
        }
        using Descriptors fds = new();
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Short(directory, fds)), cancellationToken);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(limit);
            while (await socket.ReceiveAsync(new byte[1], deadline.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Nobody listens any more, or it ended just now.
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineException(EngineErrorKind.Unavailable, "The warden of an earlier region does not end.", error);
        }
    }

    // A socket's name has room for 107 bytes; data folders can lie deeper.
    private static string Short(string directory, Descriptors fds) => string.Create(
        CultureInfo.InvariantCulture, $"/proc/self/fd/{fds.Open(directory, Const.ORdOnly | Const.ODirectory)}/{Name}");

    public void Dispose()
    {
        File.Delete(_path);
        _socket.Dispose();
    }
}
