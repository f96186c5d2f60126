using Paddock.Sandbox.Container.Egress;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Images;
using Paddock.Sandbox.Container.Running;

namespace Paddock.Sandbox.Container;

/// <summary>One container engine, Docker or podman, and what Paddock keeps there. Connected to at its first use; until then, and while it is away, nothing runs in it.</summary>
public sealed class ContainerEngine : IAsyncDisposable
{
    internal const string HowToGetOne = "Install docker.io or podman, start its service, and let this user reach its socket.";
    private readonly SemaphoreSlim _gate = new(1);
    private ConnectedEngine? _engine;
    private bool _disposed;

    /// <summary>An engine that nothing was asked of yet.</summary>
    public ContainerEngine(ContainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
    }

    internal ContainerOptions Options { get; }

    /// <summary>What this machine lacks for containers, each part with how to get it; empty when plugins can be started.</summary>
    public async ValueTask<IReadOnlyList<Finding>> MissingAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return (await OpenAsync(cancellationToken).ConfigureAwait(false)).Missing;
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            return [new Finding(ErrorCodes.SandboxUnavailable, $"There is no container engine: {e.Message.TrimEnd('.')}.") { Path = "engine", Mend = HowToGetOne }];
        }
    }

    /// <summary>Removes what hosts that died left in the engine, where there was one with this state directory before. The first use of the engine does the same.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(Options.StateDirectory)) return;
        try
        {
            await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            Options.Report?.Invoke(e.Message);
        }
    }

    /// <summary>The engine, with every part that plugins need.</summary>
    /// <exception cref="SandboxLoadException">It is not there, or lacks a part.</exception>
    internal async Task<ConnectedEngine> RequireAsync(CancellationToken cancellationToken)
    {
        try
        {
            var engine = await OpenAsync(cancellationToken).ConfigureAwait(false);
            if (engine.Missing.Count == 0) return engine;
            throw new SandboxLoadException(new CallError(ErrorCodes.SandboxUnavailable, string.Join(" ", engine.Missing.Select(f => $"{f.Message} {f.Mend}"))));
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            Options.Report?.Invoke(e.Message);
            throw new SandboxLoadException(new CallError(ErrorCodes.SandboxUnavailable, $"There is no container engine. {HowToGetOne}"));
        }
    }

    /// <summary>Kills what still runs, and lets go of the engine.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        _disposed = true;
        if (_engine is not null) await _engine.DisposeAsync().ConfigureAwait(false);
        _engine = null;
        _gate.Release();
    }

    private async Task<ConnectedEngine> OpenAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _engine ??= await ConnectedEngine.OpenAsync(Options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>An engine that answered, swept of what dead hosts left there.</summary>
internal sealed class ConnectedEngine : IAsyncDisposable
{
    private ConnectedEngine(EngineClient client, HostLease lease, ContainerOptions options, IReadOnlyList<Finding> missing)
    {
        Client = client;
        Lease = lease;
        Missing = missing;
        Starter = new ContainerStarter(client, options);
        Images = new ImageStore(client, Starter, lease, options);
    }

    internal EngineClient Client { get; }

    internal HostLease Lease { get; }

    internal IReadOnlyList<Finding> Missing { get; }

    internal ContainerStarter Starter { get; }

    internal ImageStore Images { get; }

    internal static async Task<ConnectedEngine> OpenAsync(ContainerOptions options, CancellationToken cancellationToken)
    {
        var socket = EngineSocket.Find(options.Socket) ?? throw new EngineException("none of the usual sockets is there");
        var client = await EngineClient.ConnectAsync(socket, cancellationToken).ConfigureAwait(false);
        HostLease? lease = null;
        try
        {
            var missing = EngineParts.Missing(await client.InfoAsync(cancellationToken).ConfigureAwait(false), options);
            lease = HostLease.Take(options.StateDirectory);
            var engine = new ConnectedEngine(client, lease, options, missing);
            await lease.SweepAsync(client, options.Report, cancellationToken).ConfigureAwait(false);
            GuestProxy.Sweep(options.StateDirectory, lease.IsAlive);
            await engine.Images.SweepAsync(cancellationToken).ConfigureAwait(false);
            return engine;
        }
        catch
        {
            lease?.Dispose();
            client.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Starter.KillAllAsync().ConfigureAwait(false);
        await Images.ForgetAsync().ConfigureAwait(false);
        Lease.Dispose();
        Client.Dispose();
    }
}
