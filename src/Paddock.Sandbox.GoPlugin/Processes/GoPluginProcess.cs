using System.Globalization;
using System.Text;
using Paddock.Sandbox.GoPlugin.Calls;
using Paddock.Sandbox.GoPlugin.Grpc;
using Paddock.Sandbox.GoPlugin.Rpc;

namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>A plugin's program, running and connected. It serves one call at a time: its host calls carry no word of which call they are for.</summary>
internal sealed class GoPluginProcess : IHostCalls, IAsyncDisposable
{
    private readonly IGuestProcess _process;
    private readonly SocketDirectory _sockets;
    private readonly PinnedTls? _tls;
    private readonly int _mostIdleBytes;
    private string? _lastWords;
    private Task _errors = Task.CompletedTask;
    private IPluginWire? _wire;
    private ActiveCall? _call;
    private long _idleBytes;

    private GoPluginProcess(IGuestProcess process, SocketDirectory sockets, PinnedTls? tls, int mostIdleBytes)
    {
        _mostIdleBytes = mostIdleBytes;
        _process = process;
        _sockets = sockets;
        _tls = tls;
    }

    internal IPluginWire Wire => _wire!;

    /// <summary>The directory that it shares with the host.</summary>
    internal SocketDirectory Sockets => _sockets;

    /// <summary>The config that it was initialised with; null before it was.</summary>
    internal string? Config { get; set; }

    /// <summary>The call that it serves; null between calls.</summary>
    internal ActiveCall? Call
    {
        get => Volatile.Read(ref _call);
        set
        {
            Volatile.Write(ref _idleBytes, 0);
            Volatile.Write(ref _call, value);
        }
    }

    /// <summary>Whether it has ended by itself.</summary>
    internal bool HasExited => _process.Exited.IsCompleted;

    /// <summary>Starts the program and connects to it.</summary>
    /// <exception cref="ProtocolException">It does not speak go-plugin's protocol.</exception>
    /// <exception cref="IOException">It ended.</exception>
    /// <exception cref="SandboxLoadException">It could not be started.</exception>
    internal static async Task<GoPluginProcess> StartAsync(SandboxSpec spec, IProcessLauncher launcher, GoPluginRuntimeOptions options, CancellationToken cancellationToken)
    {
        var sockets = SocketDirectory.Create(launcher.GuestUserId);
        var tls = options.AutoMtls ? PinnedTls.Create(options.TimeProvider) : null;
        GoPluginProcess? started = null;
        try
        {
            started = new GoPluginProcess(await launcher.StartAsync(Program(spec, options, sockets, tls), cancellationToken).ConfigureAwait(false), sockets, tls, spec.Limits.LogBytes);
            await started.ConnectAsync(spec, options, cancellationToken).ConfigureAwait(false);
            return started;
        }
        catch
        {
            if (started is not null)
            {
                await started.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                sockets.Dispose();
                tls?.Dispose();
            }

            throw;
        }
    }

    public ValueTask<HostAnswer> AskAsync(string method, ReadOnlyMemory<byte> arguments) =>
        // SECURITY: what runs on between two calls has nobody's grants.
        Call?.AskAsync(method, arguments) ?? ValueTask.FromResult(new HostAnswer(default, $"{ErrorCodes.HostCallRefused}: Host calls are not available here."));

    public void Log(LogSeverity severity, ReadOnlySpan<byte> line)
    {
        if (Call is { } call) call.Log(severity, line);
        // Before it is connected, what it prints says why it never will be.
        else if (_wire is null) _lastWords ??= GuestText.Clean(Encoding.UTF8.GetString(line[..Math.Min(line.Length, 500)]));
        // SECURITY: between two calls nobody wants it, and a flood would cost the host time without end.
        else if (Interlocked.Add(ref _idleBytes, line.Length + 1) > _mostIdleBytes) _ = _process.KillAsync().AsTask();
    }

    /// <summary>Waits until it is gone and what it printed last, a panic perhaps, is in the log.</summary>
    internal async Task<ProcessExit> EndAsync()
    {
        await _process.KillAsync().ConfigureAwait(false);
        await _errors.ConfigureAwait(false);
        return await _process.Exited.ConfigureAwait(false);
    }

    /// <summary>Asks it to end, for as long as <paramref name="patience"/> says.</summary>
    internal async Task ShutdownAsync(TimeSpan patience, TimeProvider clock)
    {
        using var source = new CancellationTokenSource(patience, clock);
        try
        {
            await Wire.ShutdownAsync(source.Token).ConfigureAwait(false);
            await _process.Exited.WaitAsync(source.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ProtocolException or OperationCanceledException)
        {
            // It is killed next.
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Killed first: what its end leaves unread, nobody waits for.
        await _process.DisposeAsync().ConfigureAwait(false);
        if (_wire is not null) await _wire.DisposeAsync().ConfigureAwait(false);
        _sockets.Dispose();
        _tls?.Dispose();
    }

    private static ProcessSpec Program(SandboxSpec spec, GoPluginRuntimeOptions options, SocketDirectory sockets, PinnedTls? tls) => new()
    {
        Program = $"{ProcessSpec.FilesRoot}/{spec.Entry}",
        Files = spec.Files,
        Executables = new HashSet<string>(StringComparer.Ordinal) { spec.Entry },
        Mounts = [new ProcessMount(sockets.HostPath, SocketDirectory.Path, Writable: true)],
        Profile = SyscallProfile.GoPlugin,
        Limits = spec.Limits,
        Environment = Environment(spec, options, tls),
    };

    private static Dictionary<string, string> Environment(SandboxSpec spec, GoPluginRuntimeOptions options, PinnedTls? tls)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = "/tmp",
            ["TMPDIR"] = SocketDirectory.Path,
            ["TZ"] = spec.TimeZone.Id,
            // The launcher gives a network to nobody.
            ["GOATFLOW_NO_NETWORK"] = "1",
            [options.MagicCookieName] = options.MagicCookieValue,
            ["PLUGIN_MIN_PORT"] = "10000",
            ["PLUGIN_MAX_PORT"] = "25000",
            ["PLUGIN_PROTOCOL_VERSIONS"] = string.Join(',', options.ProtocolVersions.Select(v => v.ToString(CultureInfo.InvariantCulture))),
        };
        // Not there at all where it is off: GoatKit's environment is exact.
        if (tls is not null) environment["PLUGIN_CLIENT_CERT"] = tls.Pem;
        return environment;
    }

    private async Task ConnectAsync(SandboxSpec spec, GoPluginRuntimeOptions options, CancellationToken cancellationToken)
    {
        _errors = LineDrain.RunAsync(_process.Error, LogSeverity.Warn, this);
        if (await Handshake.ReadAsync(_process.Output, options.ProtocolVersions.ToHashSet(), cancellationToken).ConfigureAwait(false) is not { } handshake)
        {
            await _errors.WaitAsync(cancellationToken).ConfigureAwait(false);
            throw new ProtocolException($"The program ended before it said where it listens. {_lastWords}".TrimEnd(), ErrorCodes.ProcessEnded);
        }

        _tls?.Pin(handshake.Certificate);
        _ = LineDrain.RunAsync(_process.Output, LogSeverity.Info, this);
        _wire = await WireAsync(handshake, spec.Limits.ResultBytes, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IPluginWire> WireAsync(Handshake handshake, int resultBytes, CancellationToken cancellationToken)
    {
        if (handshake.Protocol == WireProtocol.Grpc) return await GrpcWire.ConnectAsync(new PluginSockets(_sockets, handshake.Address, _tls), this, resultBytes, cancellationToken).ConfigureAwait(false);
        var connection = await new PluginSockets(_sockets, handshake.Address, _tls).ConnectAsync(null, cancellationToken).ConfigureAwait(false);
        return await NetRpcWire.ConnectAsync(connection, this, resultBytes, cancellationToken).ConfigureAwait(false);
    }
}
