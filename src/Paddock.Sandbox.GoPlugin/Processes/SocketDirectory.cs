using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>
/// The one directory that a plugin's process and the host share, for sockets. The process sees it as <see cref="Path"/> and names its sockets by that;
/// here each is looked up again, by its last part alone.
/// </summary>
internal sealed partial class SocketDirectory : IDisposable
{
    /// <summary>What the process sees it as; its TMPDIR. Short, for a socket's path has 108 bytes.</summary>
    internal const string Path = "/sockets";

    /// <summary>The host's own socket in it, for what a plugin's broker dials.</summary>
    internal const string HostSocket = Path + "/host";

    /// <summary>SECURITY: what the program leaves there is memory of the program's own group, and within its limit. A disk would be the host's to fill.</summary>
    private const string Memory = "/dev/shm";
    private const int MaxNameBytes = 90;
    private const int CurrentDirectory = -100, PathOnly = 0x200000, CloseOnExec = 0x80000;
    private readonly SafeFileHandle _handle;
    private Socket? _listener;

    private SocketDirectory(string path, SafeFileHandle handle, Socket listener)
    {
        HostPath = path;
        _listener = listener;
        _handle = handle;
    }

    /// <summary>Where it is in the host.</summary>
    internal string HostPath { get; }

    /// <summary>Where such directories are made.</summary>
    internal static string Base => Directory.Exists(Memory) ? Memory : Disk;

    private static string Disk => System.IO.Path.GetTempPath().TrimEnd('/');

    private static int NoFollow => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <param name="user">Whose it is to be; null for the host's own.</param>
    /// <exception cref="IOException">It could not be made.</exception>
    internal static SocketDirectory Create(int? user)
    {
        string path = Make();
        var handle = user is { } id && lchown(path, (uint)id, uint.MaxValue) != 0 ? -1 : openat(CurrentDirectory, path, PathOnly | CloseOnExec, 0);
        try
        {
            if (handle >= 0) return new SocketDirectory(path, new SafeFileHandle(handle, ownsHandle: true), Listen(path));
        }
        catch (SocketException)
        {
            new SafeFileHandle(handle, ownsHandle: true).Dispose();
        }

        Remains.Remove(path);
        throw new IOException("The directory for a plugin's sockets could not be made.");
    }

    /// <summary>The host's own socket, bound. Once.</summary>
    internal Socket TakeListener() => Interlocked.Exchange(ref _listener, null) ?? throw new InvalidOperationException("The socket is taken.");

    /// <summary>Connects to a socket that the process named.</summary>
    /// <exception cref="ProtocolException">Its path leads anywhere else, or to no socket.</exception>
    internal async ValueTask<NetworkStream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        using var handle = Open(NameOf(path));
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Through the handle: what was looked at is what is connected to, whatever the name stands for by now.
            await socket.ConnectAsync(new UnixDomainSocketEndPoint($"/proc/self/fd/{handle.DangerousGetHandle()}"), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw new ProtocolException("The program does not listen where it says.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The name of a socket directly in the directory.</summary>
    /// <exception cref="ProtocolException">The path leads anywhere else. SECURITY: it is the process's own word; the engine's socket of a container host is one path like any other.</exception>
    internal static string NameOf(string path)
    {
        var name = path.StartsWith(Path + "/", StringComparison.Ordinal) ? path[(Path.Length + 1)..] : "";
        var isPlain = name.Length is > 0 and <= MaxNameBytes && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && name is not ("." or "..");
        return isPlain ? name : throw new ProtocolException("The program's socket is not in the directory that it was given for sockets.");
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _handle.Dispose();
        try
        {
            Remains.Remove(HostPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody in the host's own account still uses it.
        }
    }

    // Made 0700: nobody but the program's user, and root, gets past it.
    private static string Make()
    {
        string name = "/pdk-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        foreach (string place in (string[])[Base, Disk])
        {
            try
            {
                if (!OperatingSystem.IsWindows()) Directory.CreateDirectory(place + name, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                return place + name;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // There, but full or not for this user.
            }
        }

        throw new IOException("The directory for a plugin's sockets could not be made.");
    }

    /// <summary>SECURITY: made before the program starts. Afterwards the directory is the program's, and a name in it may be a link to anywhere when its mode is changed.</summary>
    private static Socket Listen(string directory)
    {
        var path = directory + HostSocket[Path.Length..];
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        const UnixFileMode everybody = (UnixFileMode)0b110_110_110;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, everybody);
        return socket;
    }

    private SafeFileHandle Open(string name)
    {
        // SECURITY: a link is opened as itself, and is no socket.
        var opened = openat((int)_handle.DangerousGetHandle(), name, PathOnly | NoFollow | CloseOnExec, 0);
        GC.KeepAlive(_handle);
        return opened >= 0 ? new SafeFileHandle(opened, ownsHandle: true) : throw new ProtocolException("The program does not listen where it says.");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);

    // Variadic in C; on the architectures supported an integer argument is passed alike either way.
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int directory, string path, int flags, uint mode);
}
