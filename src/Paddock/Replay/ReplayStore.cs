using System.Collections.Concurrent;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Logging;
using Paddock.Audit;
using Paddock.Store;

namespace Paddock.Replay;

/// <summary>Recordings in the database, and for which plugins an operator wants them.</summary>
internal sealed partial class ReplayStore : ICallRecorder
{
    // Of one call: inputs, config, and all that came in through host calls.
    private const long MostBytes = 16L << 20;
    private readonly Database _database;
    private readonly AuditStore _audit;
    private readonly TimeProvider _clock;
    private readonly ReplaySeal _seal;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<(string Tenant, string PluginId), DateTimeOffset> _until = new();
    private readonly ConditionalWeakTable<SandboxSpec, string> _hashes = [];

    public ReplayStore(Database database, AuditStore audit, TimeProvider clock, ILogger<ReplayStore> logger)
    {
        _database = database;
        _audit = audit;
        _clock = clock;
        _logger = logger;
        _seal = new ReplaySeal(database.Directory.Key(ReplaySeal.KeyFile, ReplaySeal.KeyLength, _ => { }));
        foreach (var (tenant, plugin, until) in database.Read(c => c.Query<(string, string, long)>("SELECT tenant, plugin_id, expires_at FROM replay_consents").AsList()))
            _until[(tenant, plugin)] = Time.Read(until);
    }

    public CallRecording? Begin(PluginIdentity plugin, SandboxSpec spec, string executionId, string actor, SandboxCall call, IHostChannel channel)
    {
        // A stateful plugin's call depends on all calls before it.
        if (spec.Stateful || !_until.TryGetValue((plugin.Tenant, plugin.Id), out var until) || until <= _clock.GetUtcNow()) return null;
        var row = new ReplayRow { Id = executionId, Tenant = plugin.Tenant, PluginId = plugin.Id, Digest = spec.Digest, Actor = actor, At = Time.Stored(_clock.GetUtcNow()) };
        return new CallRecording(call, channel, _clock, MostBytes, (recorded, result) => KeepAsync(row, spec, recorded, result));
    }

    /// <summary>The id of what an operator named: a plugin's own id, or else that of the installed package of this name.</summary>
    // SECURITY: a package that is named like another plugin's id. An id is always what has it.
    public string IdOf(Principal principal, string plugin) => _database.Read(connection => connection.ExecuteScalar<string?>(
        """
        SELECT id FROM plugins WHERE tenant = @Tenant AND (id = @plugin OR (name = @plugin AND kind = 1 AND uninstalled_at IS NULL))
        ORDER BY id = @plugin DESC LIMIT 1
        """, new { principal.Tenant, plugin })) ?? plugin;

    public async Task<Result<ReplayConsent>> EnableAsync(Principal principal, string pluginId, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        int stored = await _database.WriteAsync(connection =>
        {
            int rows = connection.Execute(
                """
                INSERT INTO replay_consents (plugin_id, tenant, owner, enabled_by, enabled_at, expires_at)
                SELECT id, tenant, owner, @Actor, @Now, @Expires FROM plugins t WHERE id = @pluginId AND tenant = @Tenant
                ON CONFLICT (plugin_id) DO UPDATE SET enabled_by = excluded.enabled_by, enabled_at = excluded.enabled_at, expires_at = excluded.expires_at
                """, new { pluginId, principal.Tenant, Actor = principal.Owner, Now = Time.Stored(now), Expires = Time.Stored(expiresAt) });
            if (rows > 0) _audit.Append(connection, ActRecord.Of(_clock, principal, "replay.enable", pluginId, $"until {expiresAt:u}"));
            return rows;
        }, cancellationToken).ConfigureAwait(false);
        if (stored == 0) return ServiceError.PluginNotFound;
        _until[(principal.Tenant, pluginId)] = expiresAt;
        return new ReplayConsent(pluginId, principal.Owner, expiresAt);
    }

    /// <summary>Records no more of a plugin, and removes what was recorded where asked; null where there is no such plugin.</summary>
    public async Task<int?> DisableAsync(Principal principal, string pluginId, bool purge, CancellationToken cancellationToken)
    {
        int? removed = await _database.WriteAsync(connection =>
        {
            if (!connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM plugins WHERE id = @pluginId AND tenant = @Tenant)", new { pluginId, principal.Tenant })) return (int?)null;
            connection.Execute("DELETE FROM replay_consents WHERE plugin_id = @pluginId", new { pluginId });
            int recordings = purge ? connection.Execute("DELETE FROM replays WHERE plugin_id = @pluginId", new { pluginId }) : 0;
            _audit.Append(connection, ActRecord.Of(_clock, principal, purge ? "replay.purge" : "replay.disable", pluginId));
            return recordings;
        }, cancellationToken).ConfigureAwait(false);
        if (removed is not null) _until.TryRemove((principal.Tenant, pluginId), out _);
        return removed;
    }

    public IReadOnlyList<ReplayRow> List(Principal principal, string? pluginId, int limit) => _database.Read(connection => connection.Query<ReplayRow>(
        $"SELECT {ReplayRow.Columns}, NULL AS recording FROM replays t WHERE t.tenant = @Tenant AND (@pluginId IS NULL OR t.plugin_id = @pluginId) ORDER BY t.at DESC, t.rowid DESC LIMIT @limit",
        new { principal.Tenant, pluginId, limit }).AsList());

    public ReplayRow? Find(Principal principal, string id) => _database.Read(connection => connection.QuerySingleOrDefault<ReplayRow>(
        $"SELECT {ReplayRow.Columns}, t.recording FROM replays t WHERE t.tenant = @Tenant AND t.id = @id", new { principal.Tenant, id }));

    /// <summary>What a row holds and what ran; null where either was changed or its key is another.</summary>
    public (RecordedCall Call, SandboxSpec Spec)? Open(ReplayRow row)
    {
        byte[]? code = _database.Read(c => c.QuerySingleOrDefault<byte[]>("SELECT spec FROM replay_code WHERE tenant = @Tenant AND hash = @CodeHash", new { row.Tenant, row.CodeHash }));
        byte[]? call = row.Recording is null ? null : _seal.Open(row.Recording, "call", row.Id, row.Tenant, row.PluginId, row.Digest, row.CodeHash);
        byte[]? spec = code is null ? null : _seal.Open(code, "code", row.Tenant, row.CodeHash);
        if (call is null || spec is null) return null;
        var recorded = JsonSerializer.Deserialize<RecordedCall>(Unpack(call));
        return recorded?.Format == RecordedCall.CurrentFormat ? (recorded, RecordedSpec.Read(Unpack(spec))) : null;
    }

    public async Task RecordRunAsync(Principal principal, ReplayRow row, string? code, CancellationToken cancellationToken) =>
        await _audit.WriteAsync(ActRecord.Of(_clock, principal, "replay.run", row.PluginId, row.Id) with { ExecutionId = row.Id, Code = code }, cancellationToken).ConfigureAwait(false);

    // The call has ended, and what came of it is to be journalled and answered, whatever comes of its recording.
    private async Task KeepAsync(ReplayRow row, SandboxSpec spec, RecordedCall? recorded, CallResult result)
    {
        try
        {
            await SealAndWriteAsync(row, spec, recorded, result).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            NotKept(_logger, row.Id, row.PluginId, e);
        }
    }

    private Task SealAndWriteAsync(ReplayRow row, SandboxSpec spec, RecordedCall? recorded, CallResult result)
    {
        byte[]? code = null;
        if (!_hashes.TryGetValue(spec, out string? hash))
        {
            (byte[] json, hash) = RecordedSpec.Write(spec);
            code = _seal.Close(Pack(json), "code", row.Tenant, hash);
        }

        row.CodeHash = hash;
        row.Status = (int)result.Status;
        row.Recording = recorded is null ? null : _seal.Close(Pack(JsonSerializer.SerializeToUtf8Bytes(recorded)), "call", row.Id, row.Tenant, row.PluginId, row.Digest, hash);
        return WriteAsync(row, spec, code);
    }

    private async Task WriteAsync(ReplayRow row, SandboxSpec spec, byte[]? code)
    {
        bool hasCode = await _database.WriteAsync(connection =>
        {
            // SECURITY: what was recorded is gone when the consent is withdrawn, also where the call had begun before.
            if (!connection.ExecuteScalar<bool>(
                "SELECT EXISTS (SELECT 1 FROM replay_consents WHERE plugin_id = @PluginId AND tenant = @Tenant AND enabled_at <= @At)", row)) return true;
            if (code is not null) connection.Execute("INSERT INTO replay_code (tenant, hash, spec) VALUES (@Tenant, @CodeHash, @code) ON CONFLICT DO NOTHING", new { row.Tenant, row.CodeHash, code });
            // Retention may have removed what nothing referred to.
            else if (!connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM replay_code WHERE tenant = @Tenant AND hash = @CodeHash)", row)) return false;
            connection.Execute(
                """
                INSERT INTO replays (id, tenant, owner, plugin_id, digest, actor, at, status, code_hash, recording)
                SELECT @Id, tenant, owner, id, @Digest, @Actor, @At, @Status, @CodeHash, @Recording FROM plugins WHERE id = @PluginId AND tenant = @Tenant
                """, row);
            return true;
        }, CancellationToken.None).ConfigureAwait(false);
        if (hasCode)
        {
            _hashes.AddOrUpdate(spec, row.CodeHash);
            return;
        }

        await WriteAsync(row, spec, _seal.Close(Pack(RecordedSpec.Write(spec).Json), "code", row.Tenant, row.CodeHash)).ConfigureAwait(false);
    }

    private static byte[] Pack(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest)) brotli.Write(plain);
        return packed.ToArray();
    }

    // Only ever of what this host packed and sealed itself.
    private static byte[] Unpack(byte[] packed)
    {
        using var plain = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress)) brotli.CopyTo(plain);
        return plain.ToArray();
    }

    [LoggerMessage(1010, LogLevel.Warning, "The recording of call {Call} of {Plugin} was not kept")]
    private static partial void NotKept(ILogger logger, string call, string plugin, Exception exception);
}
