using Npgsql;

namespace Paddock.HostApi.Databases;

/// <summary>
/// Prepares a database of PostgreSQL for plugins, once and after each change that gives PUBLIC rights again. What PUBLIC had, the role
/// <c>paddock_public</c> has instead, and every role that exists becomes a member of it: nothing changes for them. A role of a plugin is
/// none, and so has its grants alone. Roles made later need <c>GRANT paddock_public TO role</c>.
/// </summary>
public static class PostgreSqlSetup
{
    /// <summary>Name of the role that has what PUBLIC had.</summary>
    public const string PublicRole = "paddock_public";

    /// <summary>Prepares it, in one transaction.</summary>
    /// <param name="administrator">Connection string of a superuser; of the owner of the database and its objects if <paramref name="catalogStaysPublic"/>.</param>
    /// <param name="catalogStaysPublic">See <see cref="PostgreSqlOptions.CatalogStaysPublic"/>.</param>
    /// <param name="cancellationToken">Ends it without a change.</param>
    /// <returns>The statements that were run, for a record.</returns>
    public static async Task<IReadOnlyList<string>> ApplyAsync(string administrator, bool catalogStaysPublic, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(administrator);
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var statements = new List<string> { "SET LOCAL search_path = ''", $"SELECT pg_catalog.pg_advisory_xact_lock({PluginRoles.RightsLock})" };
        statements.AddRange(await ColumnAsync(connection, Roles, cancellationToken).ConfigureAwait(false));
        foreach (var exposed in await PostgreSqlExposure.ReadAsync(connection, catalogStaysPublic, cancellationToken).ConfigureAwait(false))
        {
            statements.Add($"GRANT {exposed.Privilege} ON {exposed.Object} TO {PublicRole}");
            statements.Add($"REVOKE {exposed.Privilege} ON {exposed.Object} FROM PUBLIC");
        }

        statements.AddRange(await ColumnAsync(connection, Defaults, cancellationToken).ConfigureAwait(false));
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return statements;
    }

    private const string Roles = $"""
        SELECT 'CREATE ROLE {PublicRole} NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{PublicRole}')
        UNION ALL
        SELECT format('GRANT {PublicRole} TO %I', r.rolname) FROM pg_catalog.pg_roles r
         WHERE r.rolname !~ '^pg_' AND r.rolname <> '{PublicRole}' AND NOT r.rolsuper AND NOT starts_with(r.rolname, '{PluginRole.Prefix}')
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid AND g.rolname = '{PublicRole}')
        """;

    // So that functions made later by those who own something here are not PUBLIC's again.
    private const string Defaults = $"""
        SELECT format(t.text, r.rolname) FROM pg_catalog.pg_roles r,
               (VALUES ('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC'),
                       ('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT EXECUTE ON FUNCTIONS TO {PublicRole}')) t (text)
         WHERE pg_has_role(current_user, r.oid, 'MEMBER') AND r.rolname !~ '^pg_'
           AND r.oid IN (SELECT relowner FROM pg_catalog.pg_class UNION SELECT nspowner FROM pg_catalog.pg_namespace UNION SELECT proowner FROM pg_catalog.pg_proc)
        """;

    private static async Task<List<string>> ColumnAsync(NpgsqlConnection connection, string query, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var all = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) all.Add(reader.GetString(0));
        return all;
    }
}
