using System.Collections.Concurrent;
using Npgsql;

namespace Paddock.HostApi.Databases;

/// <summary>The roles of all plugins in one database: makes them, keeps their rights those of the grants, and removes them.</summary>
internal sealed class PluginRoles : IAsyncDisposable
{
    /// <summary>Key of the advisory lock under which rights are changed.</summary>
    internal const long RightsLock = 0x7061646430636B;

    private readonly string _name;
    private readonly PostgreSqlSource _source;
    private readonly DatabaseOptions _limits;
    private readonly TimeProvider _clock;
    private readonly NpgsqlDataSource _administrator;
    private readonly string _place;

    // One change of rights at a time: PostgreSQL refuses two transactions that change the rights on one table.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentDictionary<(string Tenant, string Plugin, bool OnlyReads), PluginRole> _roles = new();

    internal PluginRoles(string name, PostgreSqlSource source, DatabaseOptions limits, TimeProvider clock)
    {
        _name = name;
        _source = source;
        _limits = limits;
        _clock = clock;
        var settings = new NpgsqlConnectionStringBuilder(source.Administrator);
        _place = PlaceOf(name, settings.Database!);
        _administrator = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(source.Administrator) { MaxPoolSize = 4, Enlist = false, ApplicationName = "paddock administrator" });
    }

    /// <summary>The role for a request, with exactly the rights that its grants give.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rights">Its grants.</param>
    /// <param name="again">Whether to look the tables up again although that was done a short time ago: after a refusal.</param>
    /// <param name="cancellationToken">Fires at the statement's deadline.</param>
    /// <returns>The role, and whether its rights changed.</returns>
    internal async Task<(PluginRole Role, bool Changed)> ReadyAsync(DatabaseRequest request, TableRights rights, bool again, CancellationToken cancellationToken)
    {
        var role = _roles.GetOrAdd(
            (request.Tenant, request.PluginId, request.OnlyReads),
            key => new PluginRole(_place, key.Tenant, key.Plugin, key.OnlyReads, _source.Administrator));
        if (IsFresh(role, rights, again)) return (role, false);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (IsFresh(role, rights, again)) return (role, false);
            return (role, await ApplyAsync(role, rights, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes the roles of a plugin with all their rights. Its statements under way end.</summary>
    internal async Task ForgetAsync(string tenant, string plugin, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using var connection = await _administrator.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            foreach (var onlyReads in (bool[])[true, false])
            {
                if (_roles.TryRemove((tenant, plugin, onlyReads), out var known)) await known.DisposeAsync().ConfigureAwait(false);
                var role = PluginRole.NameOf(_place, tenant, plugin, onlyReads);
                if (!await ExistsAsync(connection, role, cancellationToken).ConfigureAwait(false)) continue;
                await RunAsync(connection, [$"ALTER ROLE {role} NOLOGIN", Terminate(role), $"DROP OWNED BY {role}", $"DROP ROLE {role}"], cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var role in _roles.Values) await role.DisposeAsync().ConfigureAwait(false);
        await _administrator.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    internal static string PlaceOf(string name, string database) => $"{name}\0{database}";

    private bool IsFresh(PluginRole role, TableRights rights, bool again) =>
        role.Applied is { } applied && applied.Rights.Equals(rights)
        && _clock.GetElapsedTime(applied.At) < (again ? TimeSpan.FromSeconds(Math.Min(1, _source.Options.SchemaRefresh.TotalSeconds)) : _source.Options.SchemaRefresh);

    private async Task<bool> ApplyAsync(PluginRole role, TableRights rights, CancellationToken cancellationToken)
    {
        var at = _clock.GetTimestamp();
        await using var connection = await _administrator.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await VerifyAsync(connection, role, cancellationToken).ConfigureAwait(false);
        var catalog = await PostgreSqlCatalog.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        var grants = new RoleRights(catalog, rights, _source.Options.Schemas).Statements(role.Name, role.OnlyReads);
        var before = role.Applied;
        if (before is null || !before.Statements.SequenceEqual(grants))
        {
            var exists = await ExistsAsync(connection, role.Name, cancellationToken).ConfigureAwait(false);

            // SECURITY: a session keeps what it opened under older rights; where rights went away, sessions go too.
            var narrows = exists && (before is null || before.Statements.Except(grants).Any());
            List<string> statements = [.. Identity(role, exists, before is null, connection), .. grants];
            await RunAsync(connection, narrows ? [.. statements, Terminate(role.Name)] : statements, cancellationToken).ConfigureAwait(false);
            if (narrows) role.Source.Clear();
        }

        role.Applied = new PluginRole.AppliedRights(rights, grants, at);
        return before is null || !before.Statements.SequenceEqual(grants);
    }

    // SECURITY: what PUBLIC may do, and what another role lends, a plugin may do too, whatever its own grants say.
    private async Task VerifyAsync(NpgsqlConnection connection, PluginRole role, CancellationToken cancellationToken)
    {
        var exposed = await PostgreSqlExposure.ReadAsync(connection, _source.Options.CatalogStaysPublic, cancellationToken).ConfigureAwait(false);
        if (exposed.Count > 0)
        {
            throw new DatabaseFaultException(
                $"The database {_name} is not prepared for plugins: PUBLIC has {exposed[0].Privilege} on {exposed[0].Object} and {exposed.Count - 1} more. Run PostgreSqlSetup.ApplyAsync.");
        }

        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.member WHERE r.rolname = $1", connection)
        {
            Parameters = { new() { Value = role.Name } },
        };
        if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not 0L)
            throw new DatabaseFaultException($"The role {role.Name} of a plugin was made a member of another role. Revoke that.");
    }

    private IEnumerable<string> Identity(PluginRole role, bool exists, bool first, NpgsqlConnection connection)
    {
        const string None = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT";
        if (!exists)
        {
            yield return $"CREATE ROLE {role.Name} LOGIN CONNECTION LIMIT 16 PASSWORD '{ScramVerifier.Of(role.Password)}'";

            // Where the administrator is no superuser, only a member may drop what a role was granted.
            yield return $"DO $$ BEGIN IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN GRANT {role.Name} TO CURRENT_USER; END IF; END $$";
        }
        else if (first)
        {
            yield return $"ALTER ROLE {role.Name} LOGIN CONNECTION LIMIT 16 PASSWORD '{ScramVerifier.Of(role.Password)}'";
        }

        if (first)
        {
            yield return $"DO $$ BEGIN IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN ALTER ROLE {role.Name} {None}; ALTER ROLE {role.Name} SET temp_file_limit = '256MB'; END IF; END $$";
            foreach (var (setting, value) in Settings(role.OnlyReads)) yield return $"ALTER ROLE {role.Name} SET {setting} = {value}";
        }

        yield return $"DROP OWNED BY {role.Name}";
        yield return $"GRANT CONNECT ON DATABASE {PostgreSqlCatalog.Quote(connection.Database)} TO {role.Name}";
    }

    private IEnumerable<(string, string)> Settings(bool onlyReads) =>
    [
        ("search_path", string.Join(", ", _source.Options.Schemas.Take(1).Select(PostgreSqlCatalog.Quote))),
        ("default_transaction_read_only", onlyReads ? "on" : "off"),
        ("timezone", "'UTC'"), ("datestyle", "'ISO, YMD'"), ("intervalstyle", "'iso_8601'"), ("bytea_output", "'hex'"), ("extra_float_digits", "1"),
        ("standard_conforming_strings", "on"), ("client_min_messages", "'error'"),

        // The host cancels first; these only clean up after a host that is gone.
        ("statement_timeout", $"{(long)_limits.StatementTimeout.TotalMilliseconds + 5_000}"),
        ("idle_in_transaction_session_timeout", $"{(long)_limits.StatementTimeout.TotalMilliseconds + 5_000}"),
    ];

    private static string Terminate(string role) => $"SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = '{role}'";

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_catalog.pg_roles WHERE rolname = $1", connection) { Parameters = { new() { Value = role } } };
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not 0L;
    }

    private static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection, transaction);

        // The same between hosts, for as long as the transaction.
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT pg_catalog.pg_advisory_xact_lock({RightsLock})"));
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }
}
