using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Databases;

/// <summary>A function on the tables of a database. Whether a grant names a table at all is asked here, which tables a statement touches is the database engine's to say.</summary>
internal abstract class DatabaseFunction(
    string name, Access access, FrozenDictionary<string, IGuestDatabase> databases, DatabaseOptions options, TimeProvider clock, Action<string, Exception>? onFault)
    : HostFunction(name, PermissionType.Db, access, "query", "args", "database")
{
    internal override RateKind Rate => RateKind.Db;

    // A statement that writes one table may read another: INSERT … SELECT.
    internal override bool Considers(Access granted) => (granted & (Access | Access.Read)) != 0;

    internal override string Target(JsonElement arguments) => Database(arguments);

    internal override bool Covers(Permission granted, JsonElement arguments)
    {
        if ((granted.Access & Access) != Access) return false;
        var database = Database(arguments);
        foreach (var text in granted.Scope)
        {
            if (TablePattern.TryParse(text, out var pattern) && pattern.Database == database) return true;
        }

        return false;
    }

    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        var name = Database(call.Arguments);
        if (!databases.TryGetValue(name, out var database)) throw new HostCallException(ErrorCodes.NotFound, "There is no database of that name.");
        var text = Text(call.Arguments);
        var request = new DatabaseRequest(
            text, Values(call.Arguments), Access == Access.Read, call.Scope.Tenant, call.Scope.PluginId, () => new TableRights(name, Holding(call)))
        {
            Touched = (access, table) => call.Touched(access, name == DatabaseOptions.DefaultName ? table : $"{name}:{table}"),
        };
        using var timer = new CancellationTokenSource(options.StatementTimeout, clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return HostReply.Ok(await database.RunAsync(request, deadline.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new HostCallException(ErrorCodes.TimeLimit, "The statement took longer than it may.");
        }
        catch (DatabaseFaultException e)
        {
            // SECURITY: addresses, roles and settings of the server are for the host's log.
            onFault?.Invoke(Name, e);
            throw new HostCallException(ErrorCodes.DatabaseError, "The database cannot be used now.");
        }
    }

    // SECURITY: what only an observer's ceiling opens may be read, but nothing may be written from it.
    private IReadOnlyList<Grant> Holding(HostCall call) => OnlyReads ? call.HeldNow() : [.. call.HeldNow().Where(grant => grant.Id.Length > 0)];

    private static string Database(JsonElement arguments) => Arguments.OptionalText(arguments, "database") ?? DatabaseOptions.DefaultName;

    private string Text(JsonElement arguments)
    {
        var text = Arguments.Text(arguments, "query");
        if (text.Contains('\0')) throw Arguments.Invalid("query holds a NUL.");
        return Encoding.UTF8.GetByteCount(text) <= options.StatementBytes ? text : throw Arguments.Invalid($"query is longer than {options.StatementBytes} bytes.");
    }

    private List<object?> Values(JsonElement arguments)
    {
        var values = new List<object?>();
        if (!arguments.TryGetProperty("args", out var list) || list.ValueKind == JsonValueKind.Null) return values;
        if (list.ValueKind != JsonValueKind.Array) throw Arguments.Invalid("args is no array.");
        if (list.GetArrayLength() > options.Parameters) throw Arguments.Invalid($"args has more than {options.Parameters} elements.");
        foreach (var element in list.EnumerateArray()) values.Add(Value(element));
        return values;
    }

    private static object? Value(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null: return null;
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.Number:
                if (element.TryGetInt64(out var whole)) return whole;
                return element.TryGetDouble(out var real) && double.IsFinite(real) ? real : throw Arguments.Invalid("A number in args is out of range.");
            case JsonValueKind.String:
                return String(element);
            default: throw Arguments.Invalid("args holds an array or an object. A parameter is a text, a number, true, false or null.");
        }
    }

    private static string String(JsonElement element)
    {
        try
        {
            var text = element.GetString()!;

            // PostgreSQL has no NUL in a text; what SQLite would keep, programs in C would read as another text.
            return text.Contains('\0') ? throw Arguments.Invalid("A text in args holds a NUL.") : text;
        }
        catch (InvalidOperationException)
        {
            throw Arguments.Invalid("A text in args holds half of a surrogate pair.");
        }
    }
}

/// <summary>db.query {query, args?, database?}: an array of row objects. Only reads.</summary>
internal sealed class Query(FrozenDictionary<string, IGuestDatabase> databases, DatabaseOptions options, TimeProvider clock, Action<string, Exception>? onFault)
    : DatabaseFunction("db.query", Access.Read, databases, options, clock, onFault);

/// <summary>db.exec {query, args?, database?}: {affected}.</summary>
internal sealed class Execute(FrozenDictionary<string, IGuestDatabase> databases, DatabaseOptions options, TimeProvider clock, Action<string, Exception>? onFault)
    : DatabaseFunction("db.exec", Access.Write, databases, options, clock, onFault);
