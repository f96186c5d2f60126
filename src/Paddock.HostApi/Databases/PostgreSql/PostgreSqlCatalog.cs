using Npgsql;

namespace Paddock.HostApi.Databases;

/// <summary>The tables and views of a database, and what else a change of one of them would touch, as the server's catalog has it.</summary>
internal sealed class PostgreSqlCatalog
{
    internal const int InsertEvent = 4, DeleteEvent = 8, UpdateEvent = 16;

    private const string Ours = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

    private readonly Dictionary<uint, Relation> _relations = [];

    /// <summary>A table, a view or the like.</summary>
    internal sealed class Relation(uint id, string schema, string name, char kind)
    {
        internal uint Id { get; } = id;

        internal string Schema { get; } = schema;

        internal string Name { get; } = name;

        /// <summary>r a table, p a partitioned one, v a view, m a materialised one, f a foreign one.</summary>
        internal char Kind { get; } = kind;

        internal string Quoted => $"{Quote(Schema)}.{Quote(Name)}";

        internal List<string> Columns { get; } = [];

        /// <summary>What a view reads. An id without a relation is the server's own.</summary>
        internal List<uint> Sources { get; } = [];

        internal List<(Relation Child, bool IsPartition)> Children { get; } = [];

        /// <summary>Events for which a trigger runs with its owner's rights.</summary>
        internal int DefinerEvents { get; set; }

        /// <summary>Events for which any trigger of the application runs.</summary>
        internal int TriggerEvents { get; set; }

        /// <summary>Whether rules rewrite its changes; they run with the owner's rights.</summary>
        internal bool HasRules { get; set; }

        /// <summary>Foreign keys that refer to it.</summary>
        internal List<(Relation Child, char OnDelete, char OnUpdate, string[] Key)> ReferredBy { get; } = [];

        internal List<string> Sequences { get; } = [];
    }

    internal IEnumerable<Relation> Relations => _relations.Values;

    internal Relation? Find(uint id) => _relations.GetValueOrDefault(id);

    internal static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    /// <summary>Reads it on a connection of the administrator.</summary>
    internal static async Task<PostgreSqlCatalog> ReadAsync(NpgsqlConnection administrator, CancellationToken cancellationToken)
    {
        var catalog = new PostgreSqlCatalog();
        await using var batch = new NpgsqlBatch(administrator);
        foreach (var query in Queries) batch.BatchCommands.Add(new NpgsqlBatchCommand(query));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        Action<NpgsqlDataReader>[] readers = [catalog.AddRelation, catalog.AddColumn, catalog.AddSource, catalog.AddChild, catalog.AddTrigger, catalog.AddRule, catalog.AddKey, catalog.AddSequence];
        foreach (var read in readers)
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) read(reader);
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        return catalog;
    }

    private static readonly string[] Queries =
    [
        $"SELECT c.oid, n.nspname, c.relname, c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {Ours}",
        $"SELECT a.attrelid, a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND {Ours} ORDER BY a.attrelid, a.attnum",
        "SELECT DISTINCT r.ev_class, d.refobjid FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass WHERE r.ev_type = '1' AND d.refobjid <> r.ev_class",
        "SELECT i.inhparent, i.inhrelid, c.relispartition FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid",
        "SELECT t.tgrelid, t.tgtype::int, p.prosecdef FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'",
        "SELECT r.ev_class FROM pg_catalog.pg_rewrite r WHERE r.ev_type <> '1'",
        "SELECT k.conrelid, k.confrelid, k.confdeltype, k.confupdtype, ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey)) FROM pg_catalog.pg_constraint k WHERE k.contype = 'f'",
        "SELECT d.refobjid, n.nspname, c.relname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S' JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')",
    ];

    private void AddRelation(NpgsqlDataReader row)
    {
        var id = row.GetFieldValue<uint>(0);
        _relations[id] = new Relation(id, row.GetString(1), row.GetString(2), row.GetFieldValue<char>(3));
    }

    private void AddColumn(NpgsqlDataReader row) => At(row, 0)?.Columns.Add(row.GetString(1));

    private void AddSource(NpgsqlDataReader row) => At(row, 0)?.Sources.Add(row.GetFieldValue<uint>(1));

    private void AddChild(NpgsqlDataReader row)
    {
        if (At(row, 0) is { } parent && At(row, 1) is { } child) parent.Children.Add((child, row.GetBoolean(2)));
    }

    private void AddTrigger(NpgsqlDataReader row)
    {
        if (At(row, 0) is not { } relation) return;
        relation.TriggerEvents |= row.GetInt32(1);
        if (row.GetBoolean(2)) relation.DefinerEvents |= row.GetInt32(1);
    }

    private void AddRule(NpgsqlDataReader row)
    {
        if (At(row, 0) is { } relation) relation.HasRules = true;
    }

    private void AddKey(NpgsqlDataReader row)
    {
        if (At(row, 0) is { } child && At(row, 1) is { } parent)
            parent.ReferredBy.Add((child, row.GetFieldValue<char>(2), row.GetFieldValue<char>(3), row.GetFieldValue<string[]>(4)));
    }

    private void AddSequence(NpgsqlDataReader row) => At(row, 0)?.Sequences.Add($"{Quote(row.GetString(1))}.{Quote(row.GetString(2))}");

    private Relation? At(NpgsqlDataReader row, int column) => Find(row.GetFieldValue<uint>(column));
}
