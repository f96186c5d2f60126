using Paddock.Sandbox.Container.Egress;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Images;

namespace Paddock.Sandbox.Container.Running;

/// <summary>Starts containers with what a call was given: its directories, and its way to speak HTTP.</summary>
internal sealed class GivenRun(ConnectedEngine engine, RunSpec run, ContainerLanguage language, ContainerOptions options)
{
    /// <param name="given">What the call's channel says. Its directories were looked at by the host a moment ago.</param>
    /// <param name="channel">The one call that it is for; null where it serves several, each of which lends its own.</param>
    /// <param name="change">What else is different for this container.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EngineException">The engine did not start it.</exception>
    /// <exception cref="SandboxLoadException">It cannot be given that.</exception>
    internal async Task<IGuestProcess> StartAsync(DirectAccess given, IHostChannel? channel, Func<RunSpec, RunSpec> change, CancellationToken cancellationToken)
    {
        if (GivenMounts.Refuse(given.Directories) is { } refusal) throw new SandboxLoadException(new CallError(ErrorCodes.PermissionDenied, refusal));
        var with = change(run with { Mounts = given.Directories });
        if (!given.Http) return await engine.Starter.StartAsync(with, cancellationToken).ConfigureAwait(false);
        var proxy = Open();
        // Before it starts: its first line may ask for something. What it starts in ends the loan.
        if (channel is not null) _ = proxy.Lend(channel, with.Limits.HostCalls);
        try
        {
            with = with with
            {
                Mounts = [.. with.Mounts, proxy.Mount],
                Command = GuestFiles.Command(with.Command, language),
                Environment = GuestFiles.Environment(with.Environment, language),
            };
            return new ProxiedContainer(await engine.Starter.StartAsync(with, cancellationToken).ConfigureAwait(false), proxy);
        }
        catch
        {
            await proxy.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private GuestProxy Open()
    {
        try
        {
            return GuestProxy.Open(options, engine.Lease);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            throw new EngineException($"A container's socket for HTTP cannot be made: {e.Message}", inner: e);
        }
    }
}
