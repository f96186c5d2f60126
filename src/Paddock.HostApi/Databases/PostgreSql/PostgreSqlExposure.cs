using Npgsql;

namespace Paddock.HostApi.Databases;

/// <summary>What every role of a database may do because PUBLIC may, beyond what a plugin is to have.</summary>
/// <param name="Object">Kind and name, as GRANT takes them.</param>
/// <param name="Privilege">The privilege, with its column where it has one.</param>
internal sealed record PostgreSqlExposure(string Object, string Privilege)
{
    // Functions that only compute stay: immutable ones, stable ones that tell nothing of the server, and these volatile ones.
    private const string Query = """
        SELECT object, privilege FROM (
          SELECT 'DATABASE ' || quote_ident(d.datname) AS object, a.privilege_type AS privilege, true AS application
            FROM pg_catalog.pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
           WHERE d.datname = current_database() AND a.grantee = 0
          UNION ALL
          SELECT 'SCHEMA ' || quote_ident(n.nspname), a.privilege_type, n.nspname NOT IN ('pg_catalog', 'information_schema')
            FROM pg_catalog.pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
           WHERE a.grantee = 0 AND n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_(toast|temp)'
          UNION ALL
          SELECT format('%s %I.%I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname, c.relname), a.privilege_type, n.nspname NOT IN ('pg_catalog', 'information_schema')
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
           WHERE a.grantee = 0
          UNION ALL
          SELECT format('TABLE %I.%I', n.nspname, c.relname), format('%s (%I)', a.privilege_type, t.attname), n.nspname NOT IN ('pg_catalog', 'information_schema')
            FROM pg_catalog.pg_attribute t JOIN pg_catalog.pg_class c ON c.oid = t.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace, aclexplode(t.attacl) a
           WHERE a.grantee = 0 AND NOT t.attisdropped
          UNION ALL
          SELECT format('%s %I.%I(%s)', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
                 a.privilege_type, n.nspname NOT IN ('pg_catalog', 'information_schema')
            FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
           WHERE a.grantee = 0 AND NOT (n.nspname = 'pg_catalog' AND (
                 p.provolatile = 'i'
                 OR p.proname IN ('random', 'gen_random_uuid', 'clock_timestamp', 'timeofday', 'nextval', 'currval', 'pg_typeof')
                 OR (p.provolatile = 's' AND p.proname !~ '^(pg_|has_|txid_|inet_|lo_|to_reg|current_|binary_upgrade|row_security|getpg|getdatabase|version$|session_)|_to_xml|_description$')))
          UNION ALL
          SELECT 'LANGUAGE ' || quote_ident(l.lanname), a.privilege_type, true
            FROM pg_catalog.pg_language l, aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a
           WHERE a.grantee = 0 AND l.lanpltrusted
          UNION ALL
          SELECT 'FOREIGN SERVER ' || quote_ident(s.srvname), a.privilege_type, true FROM pg_catalog.pg_foreign_server s, aclexplode(s.srvacl) a WHERE a.grantee = 0
          UNION ALL
          SELECT 'FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname), a.privilege_type, true FROM pg_catalog.pg_foreign_data_wrapper w, aclexplode(w.fdwacl) a WHERE a.grantee = 0
        ) exposed WHERE application OR NOT $1 ORDER BY application DESC, object
        """;

    /// <summary>Everything of the kind in the database of a connection.</summary>
    internal static async Task<IReadOnlyList<PostgreSqlExposure>> ReadAsync(NpgsqlConnection administrator, bool catalogStaysPublic, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Query, administrator) { Parameters = { new() { Value = catalogStaysPublic } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var all = new List<PostgreSqlExposure>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) all.Add(new PostgreSqlExposure(reader.GetString(0), reader.GetString(1)));
        return all;
    }
}
