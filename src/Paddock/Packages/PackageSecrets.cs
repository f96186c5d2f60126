using Dapper;
using Paddock.Audit;
using Paddock.HostApi.Secrets;
using Paddock.Store;

namespace Paddock.Packages;

/// <summary>Secrets of packages: set by operators, opened at the door of the host, shown to nobody.</summary>
internal sealed class PackageSecrets(Database database, SecretProtector protector, AuditStore audit, TimeProvider clock) : ISecretStore
{
    /// <summary>Sets a secret, or removes it with null, together with its audit record.</summary>
    public Task SetAsync(PackageRow row, string name, string? value, AuditRecord record, CancellationToken cancellationToken)
    {
        byte[]? sealedValue = value is null ? null : protector.Protect(row.Tenant, row.Id, name, value);
        return database.WriteAsync(connection =>
        {
            audit.Append(connection, record);
            return sealedValue is null
                ? connection.Execute("DELETE FROM secrets WHERE plugin_id = @Id AND name = @name", new { row.Id, name })
                : connection.Execute(
                    """
                    INSERT INTO secrets (plugin_id, name, tenant, owner, value, updated_at) VALUES (@Id, @name, @Tenant, @Owner, @sealedValue, @now)
                    ON CONFLICT (plugin_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
                    """, new { row.Id, name, row.Tenant, row.Owner, sealedValue, now = Time.Stored(clock.GetUtcNow()) });
        }, cancellationToken);
    }

    public ValueTask<string?> GetAsync(string tenant, string pluginId, string name, CancellationToken cancellationToken)
    {
        byte[]? sealedValue = database.Read(connection => connection.QuerySingleOrDefault<byte[]>(
            "SELECT value FROM secrets WHERE plugin_id = @pluginId AND tenant = @tenant AND name = @name", new { pluginId, tenant, name }));
        return new(sealedValue is null ? null : protector.Unprotect(tenant, pluginId, name, sealedValue));
    }
}
