using Microsoft.Extensions.Hosting;
using Paddock.Sandbox.Container;

namespace Paddock;

/// <summary>Removes what hosts that died left in the container engine, when this one starts rather than at its first container. The start does not wait for it.</summary>
internal sealed class ContainerSweep(ContainerEngine engine) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _sweep = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sweep = Task.Run(() => engine.SweepAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sweep.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();
}
