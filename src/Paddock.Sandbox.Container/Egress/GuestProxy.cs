using System.Net.Sockets;
using System.Security.Cryptography;
using Paddock.Sandbox.Container.Images;
using Paddock.Sandbox.Container.Running;

namespace Paddock.Sandbox.Container.Egress;

/// <summary>The way of one container's programs to speak HTTP: a socket in a directory of its own, which is mounted into that container and no other, and answers as a proxy while a call has the container.</summary>
/// <remarks>
/// SECURITY: the container has no network. The socket is the only thing in it that leads out, and what comes through it is the plugin's own:
/// it is bound to the call that holds the container, and to nobody between two calls.
/// </remarks>
internal sealed class GuestProxy : IAsyncDisposable
{
    /// <summary>Where the directory is in the container.</summary>
    internal const string Inside = "/paddock";

    private const string Prefix = "http-";
    private const string Shown = "in";
    private const int MostConnections = 32;
    private const int MostPath = 107;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);
    private readonly string _directory;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _places = new(MostConnections);
    private readonly Lock _gate = new();
    private readonly Task _accepting;
    private Loan? _loan;

    private GuestProxy(string directory, Socket listener)
    {
        _directory = directory;
        _listener = listener;
        _accepting = AcceptAsync();
    }

    /// <summary>The container's mount of it.</summary>
    internal ProcessMount Mount => new(Path.Combine(_directory, Shown), Inside);

    /// <exception cref="SandboxLoadException">The path of the state directory leaves no room for a socket's.</exception>
    internal static GuestProxy Open(ContainerOptions options, HostLease lease)
    {
        string directory = Path.Combine(options.StateDirectory, $"{Prefix}{lease.Host}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        string socket = Path.Combine(directory, Shown, "proxy");
        if (socket.Length > MostPath) throw new SandboxLoadException(new CallError(ErrorCodes.SandboxUnavailable, "The state directory of containers has too long a path for sockets in it."));
        PrivateFiles.MakeDirectory(directory);
        Socket? listener = null;
        try
        {
            GuestFiles.Write(Path.Combine(directory, Shown), options.PluginAuthorities);
            listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(socket));
            // The program is nobody; what keeps others out is the directory above, which is the host's alone.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(socket, (UnixFileMode)0b110_110_110);
            listener.Listen(MostConnections);
            return new GuestProxy(directory, listener);
        }
        catch
        {
            listener?.Dispose();
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Removes the directories of hosts that are gone.</summary>
    internal static void Sweep(string stateDirectory, Func<string, bool> isAlive)
    {
        foreach (string directory in Directory.EnumerateDirectories(stateDirectory, Prefix + "*"))
        {
            if (Path.GetFileName(directory).Split('-') is not [_, var host, _] || isAlive(host)) continue;
            try
            {
                Directory.Delete(directory, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another host that starts just now was faster.
            }
        }
    }

    /// <summary>Gives it to a call until what is returned is disposed; every connection ends then.</summary>
    /// <param name="channel">The call's.</param>
    /// <param name="most">Requests and connections that it may ask for; further ones are refused before the channel hears of them.</param>
    internal IDisposable Lend(IHostChannel channel, int most)
    {
        lock (_gate) return _loan = new Loan(this, channel, most);
    }

    /// <summary>Takes it from whichever call has it.</summary>
    internal void EndLoan()
    {
        Loan? loan;
        lock (_gate) loan = _loan;
        loan?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        // Those that are left end with the token; their places are all free when they have.
        for (int i = 0; i < MostConnections; i++) await _places.WaitAsync().ConfigureAwait(false);
        _places.Dispose();
        _closing.Dispose();
        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (IOException)
        {
            // It has the host's name, and goes with the next sweep.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_closing.Token).ConfigureAwait(false);
                if (await AcceptOneAsync().ConfigureAwait(false) is { } accepted) _ = ServeAsync(accepted);
                else _places.Release();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task<Socket?> AcceptOneAsync()
    {
        try
        {
            return await _listener.AcceptAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // The host is out of descriptors for a moment, or closing.
            await Task.Delay(AcceptPause, _closing.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            _places.Release();
            throw;
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        try
        {
            Loan? loan;
            lock (_gate) loan = _loan;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, loan?.Ended ?? CancellationToken.None);
            await using var guest = new NetworkStream(accepted, ownsSocket: true);
            await ProxyExchange.ServeAsync(guest, loan?.Channel, () => loan?.Take() == true, Patience, over.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection ended, or was ended.
        }
        finally
        {
            _places.Release();
        }
    }

    private sealed class Loan : IDisposable
    {
        private readonly GuestProxy _proxy;
        private readonly CancellationTokenSource _end = new();
        private int _left;
        private int _ended;

        internal Loan(GuestProxy proxy, IHostChannel channel, int most)
        {
            (_proxy, Channel, Ended, _left) = (proxy, channel, _end.Token, most);
        }

        internal IHostChannel Channel { get; }

        internal CancellationToken Ended { get; }

        /// <summary>Counts one more; false where it is one too many.</summary>
        internal bool Take() => Interlocked.Decrement(ref _left) >= 0;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) != 0) return;
            lock (_proxy._gate)
            {
                if (_proxy._loan == this) _proxy._loan = null;
            }

            _end.Cancel();
            _end.Dispose();
        }
    }
}
