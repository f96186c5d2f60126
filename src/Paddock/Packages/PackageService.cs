using System.Text;
using System.Text.Json;
using Paddock.Audit;
using Paddock.Lifecycle;
using Paddock.Packaging;
using Paddock.Policy;
using Paddock.Store;

namespace Paddock.Packages;

internal sealed class PackageService(
    PackageInstaller installer,
    PackageReviews reviews,
    PackageRecords records,
    PackageStore store,
    PackageSecrets secrets,
    PackageUse use,
    PackageData data,
    PackagePolicy policy,
    InstalledPlugins installed,
    PackageActivation activation,
    NameLocks locks,
    Database database,
    AuditStore audit,
    TimeProvider clock) : IPackageService
{
    public ValueTask<Result<IReadOnlyList<PackageRecord>>> ListAsync(Principal principal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role == PrincipalRole.Agent) return new(ServiceError.AuthorOnly);
        return new(Result.Ok(records.List(principal)));
    }

    public ValueTask<Result<PackageRecord>> GetAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role == PrincipalRole.Agent) return new(ServiceError.AuthorOnly);
        return new(Visible(principal, name) is { } row ? records.Of(row) : ServiceError.PluginNotFound);
    }

    public async ValueTask<Result<InstallOutcome>> InstallAsync(Principal principal, PackageSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(source);
        if (principal.Role == PrincipalRole.Agent) return ServiceError.AuthorOnly;
        var result = await installer.InstallAsync(principal, source, cancellationToken).ConfigureAwait(false);
        if (!result.TryGetValue(out var done, out var error)) return error;
        var record = records.Of(store.Find(principal.Tenant, done.Name)!);
        return new InstallOutcome(record, done.Digest, done.Active, done.Findings);
    }

    public ValueTask<Result<PackageRecord>> SetPolicyAsync(Principal principal, string name, PluginPolicy policy, string reviewedDigest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reviewedDigest);
        return ChangeAsync(principal, name, (live, row) => reviews.SetPolicyAsync(principal, live, row, policy, reviewedDigest, cancellationToken), cancellationToken);
    }

    public ValueTask<Result<PolicyReport>> ExplainAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return new(Explain(principal, name));
    }

    private Result<PolicyReport> Explain(Principal principal, string name)
    {
        if (principal.Role == PrincipalRole.Agent) return ServiceError.AuthorOnly;
        if (Visible(principal, name) is not { } row) return ServiceError.PluginNotFound;
        var read = reviews.ToReview(row);
        if (!read.TryGetValue(out var version, out var error)) return error;
        var terms = PolicyRow.Read(store.Policy(row.Id));
        return new PolicyReport(terms ?? new PluginPolicy(), version.Package.Digest, PolicyEngine.Explain(version.Package, terms, policy.Context));
    }

    public ValueTask<Result<PackageRecord>> RollbackAsync(Principal principal, string name, string? digest, CancellationToken cancellationToken) =>
        ChangeAsync(principal, name, (live, row) => reviews.RollBackAsync(principal, live, row, digest, VersionState.Former, cancellationToken), cancellationToken);

    public ValueTask<Result<PackageRecord>> EnableAsync(Principal principal, string name, bool enabled, CancellationToken cancellationToken) =>
        ChangeAsync(principal, name, async (live, row) =>
        {
            if (enabled && live.State.Active is { } active && activation.Clashes(live, active.Registration) is { } clash) return clash;
            await WriteAsync(principal, enabled ? "package.enable" : "package.disable", row, connection => PackageWrites.SetEnabled(connection, row.Id, enabled, null, activation.Now), cancellationToken).ConfigureAwait(false);
            live.Health.Reset();
            activation.Apply(live, live.State with { Enabled = enabled, Quarantine = null });
            return null;
        }, cancellationToken);

    public async ValueTask<Result<PackageRecord>> UninstallAsync(Principal principal, string name, bool purge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        using var held = await locks.EnterAsync(principal.Tenant, name, cancellationToken).ConfigureAwait(false);
        if (installed.Find(principal.Tenant, name) is not { } live || store.Find(principal.Tenant, name) is not { } row) return ServiceError.PluginNotFound;
        var record = records.Of(row);
        await WriteAsync(principal, purge ? "package.purge" : "package.uninstall", row, connection =>
        {
            if (purge) PackageWrites.Purge(connection, row.Id);
            else PackageWrites.Uninstall(connection, row.Id, activation.Now);
        }, cancellationToken).ConfigureAwait(false);
        activation.Remove(live);
        // It is gone: a caller who leaves now must not leave its roles behind.
        await data.ForgetAsync(live.Identity, CancellationToken.None).ConfigureAwait(false);
        return record;
    }

    public ValueTask<Result<PackageRecord>> ConfigureAsync(Principal principal, string name, JsonElement config, CancellationToken cancellationToken) =>
        ChangeAsync(principal, name, async (live, row) =>
        {
            var read = reviews.ToConfigure(row);
            if (!read.TryGetValue(out var version, out var error)) return error;
            var check = PackageConfigs.Check(version.Package, config);
            if (!check.TryGetValue(out var bytes, out var invalid)) return invalid;
            await WriteAsync(principal, "package.configure", row, connection => PackageWrites.PutConfig(connection, row, version.Package.Digest, Encoding.UTF8.GetString(bytes.Span), activation.Now), cancellationToken).ConfigureAwait(false);
            if (live.State.Active?.Digest == version.Package.Digest) activation.Apply(live, live.State with { Config = PackageConfigs.Effective(version.Package, bytes) });
            return null;
        }, cancellationToken);

    public ValueTask<Result<PackageConfig>> GetConfigAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return new(GetConfig(principal, name));
    }

    private Result<PackageConfig> GetConfig(Principal principal, string name)
    {
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        if (store.Find(principal.Tenant, name) is not { } row) return ServiceError.PluginNotFound;
        var read = reviews.ToConfigure(row);
        if (!read.TryGetValue(out var version, out var error)) return error;
        string? config = store.Config(row.Id, version.Package.Digest);
        var effective = PackageConfigs.Effective(version.Package, config is null ? null : (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(config));
        return new PackageConfig(effective is { } bytes ? JsonElement.Parse(bytes.Span) : null, version.Package.ConfigSchema is { } schema ? JsonElement.Parse(schema.Json.Span) : null);
    }

    public ValueTask<Result<PackageRecord>> SetSecretAsync(Principal principal, string name, string secret, string? value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return ChangeAsync(principal, name, async (live, row) =>
        {
            var read = reviews.ToConfigure(row);
            if (!read.TryGetValue(out var version, out var error)) return error;
            if (!version.Package.Manifest.Secrets.Contains(secret, StringComparer.Ordinal)) return ServiceError.NotDeclared("secret");
            // The name is the manifest's and may be kept in the audit; the value is nowhere but in the store.
            var record = ActRecord.Of(clock, principal, value is null ? "package.secret-remove" : "package.secret-set", row.Id, secret);
            await secrets.SetAsync(row, secret, value, record, cancellationToken).ConfigureAwait(false);
            return null;
        }, cancellationToken);
    }

    public ValueTask<Result<bool>> RevokeAsync(Principal principal, string digest, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(digest);
        ArgumentNullException.ThrowIfNull(reason);
        return principal.Role == PrincipalRole.Operator ? reviews.RevokeAsync(principal, digest, reason, cancellationToken) : new(ServiceError.OperatorOnly);
    }

    public ValueTask<Result<PluginPolicy>> ProposeAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return new(ServiceError.OperatorOnly);
        return new(installed.Find(principal.Tenant, name) is { State.Policy: { } terms } live ? use.Propose(live, terms) : ServiceError.PluginNotFound);
    }

    // An operator's change of an installed package, one at a time.
    private async ValueTask<Result<PackageRecord>> ChangeAsync(
        Principal principal, string name, Func<InstalledPlugin, PackageRow, Task<ServiceError?>> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(name);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        using var held = await locks.EnterAsync(principal.Tenant, name, cancellationToken).ConfigureAwait(false);
        if (installed.Find(principal.Tenant, name) is not { } live || store.Find(principal.Tenant, name) is not { } row) return ServiceError.PluginNotFound;
        if (await change(live, row).ConfigureAwait(false) is { } error) return error;
        return records.Of(store.Find(principal.Tenant, name)!);
    }

    private Task<int> WriteAsync(Principal principal, string action, PackageRow row, Action<Microsoft.Data.Sqlite.SqliteConnection> write, CancellationToken cancellationToken) =>
        database.WriteAsync(connection =>
        {
            audit.Append(connection, ActRecord.Of(clock, principal, action, row.Id, row.Name));
            write(connection);
            return 0;
        }, cancellationToken);

    private PackageRow? Visible(Principal principal, string name) =>
        store.Find(principal.Tenant, name) is { } row && (Scope.SeesEveryone(principal) || row.Owner == principal.Owner) ? row : null;
}
