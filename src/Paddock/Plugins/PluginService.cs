using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using Paddock.Audit;
using Paddock.Packaging;
using Paddock.Permissions;
using Paddock.Policy;
using Paddock.Store;

namespace Paddock.Plugins;

internal sealed class PluginService(
    Database database,
    PluginStore store,
    PluginAdmission admission,
    PluginHost host,
    PluginCache cache,
    GrantSource grants,
    AuditStore audit,
    PaddockOptions options,
    TimeProvider clock) : IPluginService
{
    public ValueTask<Result<IReadOnlyList<PluginRecord>>> ListAsync(Principal principal, bool? enabled, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return ValueTask.FromResult(Result.Ok<IReadOnlyList<PluginRecord>>([.. store.List(principal, enabled).Select(row => row.ToRecord())]));
    }

    public ValueTask<Result<PluginRecord>> GetAsync(Principal principal, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return ValueTask.FromResult<Result<PluginRecord>>(store.Find(principal, id) is { } row ? row.ToRecord() : ServiceError.PluginNotFound);
    }

    public async ValueTask<Result<IReadOnlyList<Finding>>> ValidateAsync(Principal principal, PluginDraft draft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role == PrincipalRole.Agent) return ServiceError.AuthorOnly;
        var prepared = await PrepareAsync(new PluginIdentity(principal.Tenant, Ids.Plugin()), draft, cancellationToken).ConfigureAwait(false);
        if (prepared.Plugin is { } plugin) await plugin.DisposeAsync().ConfigureAwait(false);
        return Result.Ok(prepared.Findings);
    }

    public async ValueTask<Result<PluginRecord>> CreateAsync(Principal principal, PluginDraft draft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role == PrincipalRole.Agent) return ServiceError.AuthorOnly;
        var now = clock.GetUtcNow();
        var row = new PluginRow { Id = Ids.Plugin(), Tenant = principal.Tenant, Owner = principal.Owner, Revision = 1, CreatedAt = Time.Stored(now) };
        var prepared = await PrepareAsync(new PluginIdentity(row.Tenant, row.Id), draft, cancellationToken).ConfigureAwait(false);
        if (prepared.Admission is null) return ServiceError.Invalid(prepared.Findings);
        Fill(row, draft, prepared.Admission.Package, now);
        return await StoreAsync(row, prepared.Plugin, connection => Insert(connection, principal, row), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Result<PluginRecord>> UpdateAsync(Principal principal, string id, PluginPatch patch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(patch);
        if (principal.Role == PrincipalRole.Agent) return ServiceError.AuthorOnly;
        if (store.Find(principal, id) is not { } row) return ServiceError.PluginNotFound;
        if (patch.OnlyDisables) return await DisableAsync(principal, row, cancellationToken).ConfigureAwait(false);
        var draft = patch.ApplyTo(PluginAdmission.Draft(row));
        var prepared = await PrepareAsync(new PluginIdentity(row.Tenant, row.Id), draft, cancellationToken).ConfigureAwait(false);
        if (prepared.Admission is null) return ServiceError.Invalid(prepared.Findings);
        string before = row.Digest;
        row.Revision++;
        Fill(row, draft, prepared.Admission.Package, clock.GetUtcNow());
        return await StoreAsync(row, prepared.Plugin, connection => Replace(connection, principal, row, before), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Result<PluginRecord>> DeleteAsync(Principal principal, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role == PrincipalRole.Agent) return ServiceError.AuthorOnly;
        var row = await database.WriteAsync(connection =>
        {
            if (PluginStore.Find(connection, principal, id) is not { } found) return null;
            // Before the row goes: the audit takes the owner from it.
            audit.Append(connection, ActRecord.Of(clock, principal, "plugin.delete", found.Id, found.Name));
            PluginStore.Delete(connection, found);
            return found;
        }, cancellationToken).ConfigureAwait(false);
        if (row is null) return ServiceError.PluginNotFound;
        grants.Changed();
        _ = cache.DropAsync(row.Tenant, row.Id);
        return row.ToRecord();
    }

    private Task<Result<PluginRecord>> DisableAsync(Principal principal, PluginRow row, CancellationToken cancellationToken)
    {
        row.Enabled = false;
        row.Revision++;
        row.UpdatedAt = Time.Stored(clock.GetUtcNow());
        return StoreAsync(row, plugin: null, connection => Replace(connection, principal, row, row.Digest), cancellationToken);
    }

    /// <summary>Takes a draft along every arrow up to a loaded plugin. With an admission there is a plugin too, unless this host has no sandbox for its runtime.</summary>
    private async Task<Prepared> PrepareAsync(PluginIdentity identity, PluginDraft draft, CancellationToken cancellationToken)
    {
        var (admitted, findings) = await admission.AdmitAsync(draft, cancellationToken).ConfigureAwait(false);
        if (admitted is null || !host.CanRun(admitted.Package.Manifest.Runtime)) return new(admitted, null, findings);
        var loaded = await host.LoadAsync(identity, admitted, cancellationToken).ConfigureAwait(false);
        return loaded.TryGetValue(out var plugin, out var error)
            ? new(admitted, plugin, findings)
            : new(null, null, [.. findings, .. error.Findings.Count > 0 ? error.Findings : [new Finding(error.Code, error.Message)]]);
    }

    /// <summary>Stores a row, and only then lets its plugin be called.</summary>
    private async Task<Result<PluginRecord>> StoreAsync(PluginRow row, Plugin? plugin, Func<SqliteConnection, ServiceError?> write, CancellationToken cancellationToken)
    {
        bool stored = false;
        try
        {
            if (await database.WriteAsync(write, cancellationToken).ConfigureAwait(false) is { } error) return error;
            stored = true;
        }
        finally
        {
            if (plugin is not null && !(stored && row.Enabled)) await plugin.DisposeAsync().ConfigureAwait(false);
        }

        grants.Changed();
        _ = cache.DropAsync(row.Tenant, row.Id, row.Enabled ? row.Digest : null);
        if (plugin is not null && row.Enabled) cache.Offer(plugin);
        return row.ToRecord();
    }

    private ServiceError? Insert(SqliteConnection connection, Principal principal, PluginRow row)
    {
        if (OverQuota(connection, row) is { } error) return error;
        PluginStore.Insert(connection, row);
        audit.Append(connection, ActRecord.Of(clock, principal, "plugin.create", row.Id, row.Digest));
        return null;
    }

    private ServiceError? Replace(SqliteConnection connection, Principal principal, PluginRow row, string before)
    {
        if (row.Enabled && OverQuota(connection, row) is { } error) return error;
        if (!PluginStore.Replace(connection, row)) return PluginStore.Find(connection, principal, row.Id) is null ? ServiceError.PluginNotFound : ServiceError.PluginChanged;
        audit.Append(connection, ActRecord.Of(clock, principal, "plugin.update", row.Id, row.Digest == before ? before : $"{before} → {row.Digest}"));
        return null;
    }

    private ServiceError? OverQuota(SqliteConnection connection, PluginRow row)
    {
        var (plugins, bytes) = PluginStore.OthersOf(connection, row);
        if (plugins >= options.PluginsPerOwner) return ServiceError.PluginQuota($"An owner may have {options.PluginsPerOwner} plugins. Delete one first.");
        return bytes + row.Size > options.PluginBytesPerOwner
            ? ServiceError.PluginQuota($"An owner's plugins may have {options.PluginBytesPerOwner} bytes in all. Delete one first.")
            : null;
    }

    private static void Fill(PluginRow row, PluginDraft draft, VerifiedPackage package, DateTimeOffset now)
    {
        row.Name = draft.Name!;
        row.Description = draft.Description ?? "";
        row.Code = draft.Code!;
        row.Entrypoint = draft.EntryPoint;
        row.Config = draft.Config is { } config ? Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(config)) : null;
        row.Enabled = draft.Enabled;
        row.Runtime = (int)package.Manifest.Runtime;
        row.Digest = package.Digest;
        row.Size = Encoding.UTF8.GetByteCount(row.Code) + (row.Config is null ? 0 : Encoding.UTF8.GetByteCount(row.Config));
        row.UpdatedAt = Time.Stored(now);
    }

    private sealed record Prepared(Admission? Admission, Plugin? Plugin, IReadOnlyList<Finding> Findings);
}
