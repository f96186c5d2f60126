using Microsoft.Extensions.Hosting;
using Paddock.Contributions;
using Paddock.Packages;
using Paddock.Plugins;
using Paddock.Policy;
using Paddock.Store;

namespace Paddock.Lifecycle;

/// <summary>Brings installed packages back when the host starts, and ends them when it stops.</summary>
internal sealed class PackagesStart(
    PackageStore store,
    PackageReader reader,
    BlobStore blobs,
    TrustStore trust,
    PackageReviews reviews,
    InstalledPlugins installed,
    PackageActivation activation,
    LoadedPackages loaded,
    PluginCache cache,
    PaddockOptions options) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _warming = Task.CompletedTask;

    // Before anything that the application starts: whoever asks for contributions finds them all.
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        installed.IsStopped = options.SafeMode;
        trust.KeyRevoked = reviews.StopSignedByAsync;
        blobs.Sweep(store.Referenced);
        var rows = store.All();
        var active = store.AllActive();
        var policies = store.AllPolicies();
        var configs = store.AllConfigs();
        await Parallel.ForEachAsync(rows, cancellationToken, async (row, token) =>
        {
            var live = installed.Add(new PluginIdentity(row.Tenant, row.Id) { Name = row.Name });
            var version = active.GetValueOrDefault(row.Id);
            string? config = version is null ? null : configs.GetValueOrDefault((row.Id, version.Digest));
            live.State = await StateAsync(live, row, version, PolicyRow.Read(policies.GetValueOrDefault(row.Id)), config, token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        if (!installed.IsStopped) activation.ContributeAll();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.EagerLoading && !options.SafeMode) _warming = Task.Run(WarmAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _warming.ConfigureAwait(false);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // After the servers: the calls of the last requests have ended, and plugins hear that the host goes.
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(installed.All.Select(p => cache.DropAsync(p.Identity.Tenant, p.Identity.Id))).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task<PluginState> StateAsync(InstalledPlugin live, PackageRow row, VersionRow? version, PluginPolicy? policy, string? config, CancellationToken cancellationToken)
    {
        var state = new PluginState
        {
            Enabled = row.Enabled,
            Quarantine = row.Quarantine,
            Policy = policy,
            Config = config is null ? (ReadOnlyMemory<byte>?)null : System.Text.Encoding.UTF8.GetBytes(config),
        };
        if (version is null) return state;
        var read = await reader.ReadAsync(live.Identity, version.Digest, cancellationToken).ConfigureAwait(false);
        return read.TryGetValue(out var stored, out var broken) ? activation.Judge(live, state, stored) : state with { Broken = broken };
    }

    private async Task WarmAsync()
    {
        try
        {
            foreach (var live in installed.All) await loaded.WarmAsync(live, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The host stops before everything was loaded.
        }
    }
}
