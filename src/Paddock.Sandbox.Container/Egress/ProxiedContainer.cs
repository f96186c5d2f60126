using Paddock.Sandbox.Container.Running;

namespace Paddock.Sandbox.Container.Egress;

/// <summary>A container with its proxy, which ends with it.</summary>
internal sealed class ProxiedContainer(ContainerProcess container, GuestProxy proxy) : IConnectingProcess
{
    public Stream Input => container.Input;

    public Stream Output => container.Output;

    public Stream Error => container.Error;

    public Task<ProcessExit> Exited => container.Exited;

    public IDisposable Lend(IHostChannel channel, int most) => proxy.Lend(channel, most);

    public ValueTask KillAsync()
    {
        // First: removing a container takes the engine its time, and its connections are to end with the call.
        proxy.EndLoan();
        return container.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        proxy.EndLoan();
        try
        {
            await container.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await proxy.DisposeAsync().ConfigureAwait(false);
        }
    }
}
