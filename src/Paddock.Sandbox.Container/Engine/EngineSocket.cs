using System.Net.Sockets;

namespace Paddock.Sandbox.Container.Engine;

/// <summary>Where the engine listens: a Unix socket, never the network.</summary>
/// <remarks>SECURITY: whoever reaches an engine over TCP owns its machine. There is no setting for it here.</remarks>
internal sealed class EngineSocket
{
    private readonly string _path;

    private EngineSocket(string path) => _path = path;

    /// <summary>The first of the usual places that is there, or the one that is named. A name is a path, with or without <c>unix://</c>.</summary>
    internal static EngineSocket? Find(string? named)
    {
        if (named is not null) return new EngineSocket(named.StartsWith("unix://", StringComparison.Ordinal) ? named["unix://".Length..] : named);
        return UsualPaths().FirstOrDefault(File.Exists) is { } path ? new EngineSocket(path) : null;
    }

    /// <summary>Where engines' sockets are: the one that is named, and all the usual ones, for whichever engine listens there.</summary>
    internal static IEnumerable<string> Directories(string? named) =>
        UsualPaths().Concat(named is null ? [] : [Find(named)!._path]).Select(p => Path.GetDirectoryName(Path.GetFullPath(p))).OfType<string>().Distinct();

    internal async ValueTask<NetworkStream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new EngineException($"No container engine answers at {_path}: {Reason(e.SocketErrorCode)}.", inner: e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Reason(SocketError error) => error switch
    {
        SocketError.AddressNotAvailable => "there is no such socket",
        SocketError.AccessDenied => "this user may not use that socket",
        SocketError.ConnectionRefused => "nobody listens there",
        _ => error.ToString(),
    };

    private static IEnumerable<string> UsualPaths()
    {
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } own)
        {
            yield return Path.Combine(own, "docker.sock");
            yield return Path.Combine(own, "podman", "podman.sock");
        }

        yield return "/var/run/docker.sock";
        yield return "/run/podman/podman.sock";
    }
}
