using Paddock.Audit;

namespace Paddock.Plugins;

/// <summary>Stored plugins, loaded when they are first called.</summary>
internal sealed class LoadedPlugins(PluginHost host, PluginCache cache, PluginAdmission admission, PluginStore store, AuditStore audit, TimeProvider clock)
{
    /// <summary>The plugin of a stored row, entered for one call.</summary>
    public ValueTask<Result<Plugin>> EnterAsync(Principal principal, PluginRow head, CancellationToken cancellationToken) => cache.EnterAsync(
        new PluginKey(head.Tenant, head.Id, head.Digest),
        stopping => LoadAsync(principal, head, stopping),
        cancellationToken);

    private async Task<Result<Plugin>> LoadAsync(Principal principal, PluginRow head, CancellationToken cancellationToken)
    {
        // Read again, with the code: deleted, disabled or replaced since the head was read, it must not come back.
        var row = store.Find(principal, head.Id);
        if (row is null) return ServiceError.PluginNotFound;
        if (!row.Enabled) return ServiceError.PluginDisabled;
        if (row.Digest != head.Digest) return ServiceError.PluginChanged;
        if (admission.AdmitStored(row) is { } admitted)
        {
            var loaded = await host.LoadAsync(new PluginIdentity(row.Tenant, row.Id), admitted, cancellationToken).ConfigureAwait(false);
            return loaded;
        }

        await audit.WriteAsync(new AuditRecord
        {
            At = clock.GetUtcNow(),
            Tenant = row.Tenant,
            Actor = principal.Owner,
            PluginId = row.Id,
            Action = "plugin.load",
            Target = row.Digest,
            Allowed = false,
            Code = ServiceErrorCodes.IntegrityFailed,
        }, cancellationToken).ConfigureAwait(false);
        return ServiceError.IntegrityFailed;
    }
}
