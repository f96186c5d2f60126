using static Paddock.HostApi.Databases.PostgreSqlCatalog;

namespace Paddock.HostApi.Databases;

/// <summary>
/// Works out what a plugin's role may be granted: the tables that its grants name, unless the server would do more with them than the
/// plugin may. A view, a rule, a cascade of a foreign key and a trigger with its owner's rights act as somebody else, so what they touch
/// must be granted too; else the right is left out.
/// </summary>
internal sealed class RoleRights(PostgreSqlCatalog catalog, TableRights rights, IReadOnlyList<string> schemas)
{
    private readonly HashSet<(uint, int)> _visiting = [];

    /// <summary>GRANT statements for a role that only reads, or one that writes too; the same catalog and rights give the same text.</summary>
    internal List<string> Statements(string role, bool onlyReads)
    {
        var statements = schemas.Select(schema => $"GRANT USAGE ON SCHEMA {Quote(schema)} TO {role}").ToList();
        foreach (var relation in catalog.Relations.Where(r => schemas.Contains(r.Schema)).OrderBy(r => r.Quoted, StringComparer.Ordinal))
        {
            if (MayRead(relation)) statements.Add($"GRANT SELECT ON {relation.Quoted} TO {role}");
            if (onlyReads) continue;
            if (MayWrite(relation, InsertEvent))
            {
                statements.Add($"GRANT INSERT ON {relation.Quoted} TO {role}");
                statements.AddRange(relation.Sequences.Select(sequence => $"GRANT USAGE ON SEQUENCE {sequence} TO {role}"));
            }

            if (MayWrite(relation, DeleteEvent) && KeepsKeys(relation, DeleteEvent)) statements.Add($"GRANT DELETE ON {relation.Quoted} TO {role}");
            if (MayWrite(relation, UpdateEvent)) AddUpdate(relation, role, statements);
        }

        return statements;
    }

    private void AddUpdate(Relation relation, string role, List<string> statements)
    {
        if (KeepsKeys(relation, UpdateEvent))
        {
            statements.Add($"GRANT UPDATE ON {relation.Quoted} TO {role}");
            return;
        }

        // A change of a key would run on into a table that is not granted; the other columns are free.
        var keys = Family(relation).SelectMany(r => r.ReferredBy).Where(key => Cascades(key.OnUpdate)).SelectMany(key => key.Key).ToHashSet(StringComparer.Ordinal);
        var free = relation.Columns.Where(column => !keys.Contains(column)).Select(Quote).ToList();
        if (free.Count > 0) statements.Add($"GRANT UPDATE ({string.Join(", ", free)}) ON {relation.Quoted} TO {role}");
    }

    private bool MayRead(Relation relation) =>
        relation.Kind is 'r' or 'p' or 'v' or 'm' && Named(Access.Read, relation)
        && relation.Sources.All(id => catalog.Find(id) is { } source && Once(source, 0, MayRead))
        && relation.Children.All(child => child.IsPartition || Once(child.Child, 0, MayRead));

    private bool MayWrite(Relation relation, int change) =>
        relation.Kind is 'r' or 'p' or 'v' && Named(Access.Write, relation)
        && relation.Sources.All(id => catalog.Find(id) is { } source && Once(source, change, r => MayWrite(r, change) && KeepsKeys(r, change)))
        && relation.Children.All(child => child.IsPartition || Once(child.Child, change, r => MayWrite(r, change)))
        && Family(relation).All(r => !r.HasRules && (r.DefinerEvents & change) == 0);

    // Cascades run as the owner of the table that they change, and so do the triggers there.
    private bool KeepsKeys(Relation relation, int change) => change == InsertEvent || Family(relation).SelectMany(r => r.ReferredBy).All(key =>
    {
        var action = change == DeleteEvent ? key.OnDelete : key.OnUpdate;
        if (!Cascades(action)) return true;
        var cascade = action == 'c' && change == DeleteEvent ? DeleteEvent : UpdateEvent;
        return Family(key.Child).All(r => (r.TriggerEvents & cascade) == 0)
            && Once(key.Child, cascade << 8, child => MayWrite(child, cascade) && KeepsKeys(child, cascade));
    });

    private bool Named(Access access, Relation relation)
    {
        var place = schemas.ToList().IndexOf(relation.Schema);
        return place >= 0 && rights.Allow(access, place == 0 ? null : relation.Schema, relation.Name, StringComparison.Ordinal);
    }

    // What is being asked already, in a circle, adds nothing to the answer.
    private bool Once(Relation relation, int question, Func<Relation, bool> ask)
    {
        if (!_visiting.Add((relation.Id, question))) return true;
        try
        {
            return ask(relation);
        }
        finally
        {
            _visiting.Remove((relation.Id, question));
        }
    }

    private static bool Cascades(char action) => action is 'c' or 'n' or 'd';

    private static IEnumerable<Relation> Family(Relation relation) => relation.Children.SelectMany(child => Family(child.Child)).Prepend(relation);
}
