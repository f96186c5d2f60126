using Paddock.Sandbox.Container.Running;

namespace Paddock.Sandbox.Container.Egress;

/// <summary>A container with its proxy, which ends with it.</summary>
internal sealed class ProxiedContainer(ContainerProcess container, GuestProxy proxy) : IConnectingProcess
{
    public Stream Input => container.Input;

    public Stream Output => container.Output;

    public Stream Error => container.Error;

    public Task<ProcessExit> Exited => container.Exited;

    public IDisposable Lend(IHostChannel channel) => proxy.Lend(channel);

    public ValueTask KillAsync() => container.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await container.DisposeAsync().ConfigureAwait(false);
        await proxy.DisposeAsync().ConfigureAwait(false);
    }
}
