using System.Text;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>
/// Makes statements by a grammar that knows which tables each one really touches: common table expressions named like tables, qualified
/// names that go past them, subqueries everywhere, comments and texts that name what is not touched.
/// </summary>
internal sealed class StatementGenerator(int seed, string schema)
{
    private static readonly string[] Open = ["tickets", "ticket_notes", "areas", "counted"];
    private static readonly string[] Writable = ["tickets", "ticket_notes", "counted"];
    private static readonly string[] Closed = ["users", "secrets", "audit_trail", "children"];
    private static readonly Dictionary<string, string> TextOf = new()
    {
        ["tickets"] = "title", ["ticket_notes"] = "note", ["areas"] = "name", ["counted"] = "what",
        ["users"] = "password", ["secrets"] = "value", ["audit_trail"] = "what", ["children"] = "name",
    };

    private readonly Random _random = new(seed);
    private int _aliases;
    private bool _touchesClosed;

    // The share of references to closed tables: low, so that half of all statements have none.
    private int _closedPercent;

    /// <summary>The next statement: the function, the text, and whether it touches what is not granted.</summary>
    internal (string Function, string Sql, bool Forbidden) Next(int number)
    {
        _touchesClosed = false;
        _aliases = 0;
        _closedPercent = _random.Next(2) == 0 ? 0 : 25;
        var write = _random.Next(4) == 0;
        var sql = write ? Change(number) : Statement();
        return (write ? "db.exec" : "db.query", sql, _touchesClosed);
    }

    private string Statement()
    {
        if (_random.Next(3) > 0) return Query([], 3);
        var name = Pick([.. Open, .. Closed, "x"]);
        var body = Query([], 2, name);

        // Named at once, so that neither database leaves it out.
        return $"WITH {Case(name)} AS{Space()}({body}) SELECT o.c FROM {name} o UNION ALL {Query([name], 2)}";
    }

    private string Change(int number)
    {
        var table = Table(Writable);
        return _random.Next(3) switch
        {
            0 => $"INSERT INTO {table.Text} (id, {TextOf[table.Name]}) SELECT {100_000 + number}, ({Scalar([], 2)})",
            1 => $"UPDATE {table.Text} SET {TextOf[table.Name]} = ({Scalar([], 2)}) WHERE id > 90000 OR EXISTS{Space()}({Query([], 1)})",
            _ => $"DELETE FROM {table.Text} WHERE id > 99999 AND id IN (SELECT {Number()} UNION ALL SELECT length(c) FROM ({Query([], 1)}) d)",
        };
    }

    private string Query(string[] names, int depth, string? never = null)
    {
        var (source, value) = Source(names, depth, never);
        var text = new StringBuilder("SELECT").Append(Space()).Append(_random.Next(6) == 0 ? $"({Scalar(names, depth - 1, never)})" : value).Append(" AS c FROM").Append(Space()).Append(source);
        if (_random.Next(4) == 0)
        {
            var (other, joined) = Source(names, depth - 1, never);
            text.Append(_random.Next(2) == 0 ? $" JOIN {other} ON {joined} = {value}" : $" LEFT JOIN {other} ON {joined} <> {value}");
        }

        if (_random.Next(3) == 0) text.Append(" WHERE ").Append(Predicate(names, depth - 1, value, never));
        if (_random.Next(6) == 0 && depth > 0) text.Append(" UNION ALL ").Append(Query(names, depth - 1, never));
        return text.ToString();
    }

    private string Predicate(string[] names, int depth, string value, string? never) => _random.Next(4) switch
    {
        0 => $"{value} IN ({Query(names, depth, never)})",
        1 => $"EXISTS ({Query(names, depth, never)})",
        2 => $"{value} <> '{Pick(Closed)}'",
        _ => $"({Scalar(names, depth, never)}) IS NOT NULL",
    };

    private string Scalar(string[] names, int depth, string? never = null) =>
        depth <= 0 ? $"'FROM {Pick(Closed)}'" : $"SELECT {Pick(["max(s.c)", "min(s.c)", "CAST(count(*) AS TEXT)"])} FROM ({Query(names, depth - 1, never)}) s";

    // A table, a common table expression or a subquery, and an expression of its rows.
    private (string Text, string Value) Source(string[] names, int depth, string? never)
    {
        var alias = _random.Next(8) == 0 ? Pick(Closed) + _aliases++ : $"a{_aliases++}";
        if (depth > 0 && _random.Next(5) == 0) return ($"({Query(names, depth - 1, never)}) AS {alias}", alias + ".c");
        if (names.Length > 0 && _random.Next(3) == 0) return ($"{Case(names[0])} {alias}", alias + ".c");
        var table = Table(Open, names, never);
        return ($"{table.Text} AS {alias}", _random.Next(5) == 0 ? $"CAST({alias}.id AS TEXT)" : $"{alias}.{TextOf[table.Name]}");
    }

    private (string Name, string Text) Table(string[] open, string[]? names = null, string? never = null)
    {
        var closed = _random.Next(100) < _closedPercent;
        var name = Pick(closed ? Closed : open);
        _touchesClosed |= closed;

        // A qualified name is the table, though a common table expression has its name.
        if (names?.Contains(name) == true || name == never) return (name, $"{schema}.{name}");
        return (name, _random.Next(6) switch { 0 => $"{schema}.{Case(name)}", 1 => $"\"{name}\"", 2 => $"{schema}.\"{name}\"", _ => Case(name) });
    }

    private string Case(string name) => _random.Next(4) == 0 ? name.ToUpperInvariant() : name;

    private string Space() => _random.Next(6) switch { 0 => $" /* FROM {Pick(Closed)} */ ", 1 => $" -- {Pick(Closed)}\n", 2 => "\n\t", _ => " " };

    private int Number() => _random.Next(1000);

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
