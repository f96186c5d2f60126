using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Paddock.Store;

/// <summary>Plugins' own values. A plugin is addressed by tenant and id together, and its rows go with it.</summary>
internal sealed class KeyValueStore(Database database, TimeProvider clock) : IKeyValueStore
{
    public ValueTask<byte[]?> GetAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(database.Read(connection => connection.QuerySingleOrDefault<byte[]>(
            "SELECT value FROM kv WHERE plugin_id = @pluginId AND tenant = @tenant AND key = @key", new { pluginId, tenant, key })));

    public async ValueTask<bool> SetAsync(string tenant, string pluginId, string key, ReadOnlyMemory<byte> value, long quotaBytes, int quotaKeys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] bytes = value.ToArray();
        return await database.WriteAsync(connection => Set(connection, tenant, pluginId, key, bytes, quotaBytes, quotaKeys), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> DeleteAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) =>
        await database.WriteAsync(connection => connection.Execute(
            "DELETE FROM kv WHERE plugin_id = @pluginId AND tenant = @tenant AND key = @key", new { pluginId, tenant, key }) > 0, cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<string>> ListAsync(string tenant, string pluginId, string prefix, int limit, CancellationToken cancellationToken)
    {
        // Not LIKE: % and _ in a prefix are themselves, and case counts.
        var keys = database.Read(connection => connection.Query<string>(
            """
            SELECT key FROM kv
            WHERE plugin_id = @pluginId AND tenant = @tenant AND key >= @prefix AND substr(key, 1, length(@prefix)) = @prefix
            ORDER BY key LIMIT @limit
            """, new { pluginId, tenant, prefix, limit }));
        return ValueTask.FromResult<IReadOnlyList<string>>([.. keys]);
    }

    private bool Set(SqliteConnection connection, string tenant, string pluginId, string key, byte[] value, long quotaBytes, int quotaKeys)
    {
        string owner = connection.QuerySingleOrDefault<string>("SELECT owner FROM plugins WHERE id = @pluginId AND tenant = @tenant", new { pluginId, tenant })
            ?? throw new InvalidOperationException("The plugin was deleted while it was called.");
        var used = connection.QuerySingleOrDefault<(long Keys, long Bytes)>("SELECT keys, bytes FROM kv_usage WHERE plugin_id = @pluginId", new { pluginId });
        long? replaced = connection.QuerySingleOrDefault<long?>("SELECT length(value) FROM kv WHERE plugin_id = @pluginId AND key = @key", new { pluginId, key });
        long keys = used.Keys + (replaced is null ? 1 : 0);
        long bytes = used.Bytes + value.Length - (replaced ?? -Encoding.UTF8.GetByteCount(key));
        if (keys > quotaKeys || bytes > quotaBytes) return false;
        connection.Execute(
            """
            INSERT INTO kv (plugin_id, key, tenant, owner, value, updated_at) VALUES (@pluginId, @key, @tenant, @owner, @value, @now)
            ON CONFLICT (plugin_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
            """, new { pluginId, key, tenant, owner, value, now = Time.Stored(clock.GetUtcNow()) });
        return true;
    }
}
