using System.Text;
using System.Text.Json;
using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>A real database with the tables of <see cref="SuiteSchema"/>, as its owner sees it.</summary>
internal interface ISuiteEngine
{
    DatabaseOptions Options { get; }

    /// <summary>Rows of a statement without any restriction, each value followed by a bar, each row by a line's end.</summary>
    string Rows(string sql, params object?[] values);

    /// <summary>Runs statements without any restriction.</summary>
    void Run(string sql);

    /// <summary>Everything in the database that a statement could change, beside the tables of the suite.</summary>
    string Surroundings();
}

internal static class SuiteRun
{
    /// <summary>The grants that the suite is judged under.</summary>
    internal static DatabaseFixture Granted(DatabaseFixture door) => door
        .Grant(Access.Read | Access.Write, "ticket*", "Odd Name", "counted", "logged", "parents", "box")
        .Grant(Access.Read, "areas", "open_tickets", "peek")
        .Grant(Access.Write, "open_tickets", "drops", "peek");

    internal static string Dump(ISuiteEngine engine, IEnumerable<string> tables)
    {
        var text = new StringBuilder();
        foreach (var table in tables) text.Append(table).Append('\n').Append(engine.Rows($"SELECT * FROM {table} ORDER BY id"));
        return text.ToString();
    }

    /// <summary>An answer's rows in the form of <see cref="ISuiteEngine.Rows"/>.</summary>
    internal static string Flat(HostReply reply)
    {
        var text = new StringBuilder();
        foreach (var row in JsonDocument.Parse(reply.Value).RootElement.EnumerateArray())
        {
            foreach (var member in row.EnumerateObject())
            {
                text.Append(member.Value.ValueKind switch { JsonValueKind.True => "t", JsonValueKind.False => "f", JsonValueKind.Null => "", _ => member.Value.ToString() }).Append('|');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    internal static async Task Judge(ISuiteEngine engine, DatabaseFixture door, SuiteCase test, string sql)
    {
        door.Faults.Clear();
        var before = Dump(engine, SuiteSchema.Tables);
        var forbidden = Dump(engine, SuiteSchema.Forbidden);
        var around = engine.Surroundings();

        var reply = await door.Call(test.Function, sql, test.Values);

        Assert.Empty(door.Faults);
        var answer = DatabaseFixture.Text(reply);
        Assert.DoesNotContain("CANARY", answer, StringComparison.Ordinal);
        Assert.Equal(forbidden, Dump(engine, SuiteSchema.Forbidden));
        Assert.Equal(around, engine.Surroundings());
        if (test.Verdict == '+')
        {
            Assert.True(reply.Error is null, answer);
            if (test.Function == "db.query") Assert.Equal(engine.Rows(sql, test.Values), Flat(reply));
            else Assert.NotEqual("""{"affected":-1}""", answer);
            return;
        }

        Assert.True(reply.Error is not null, answer);
        if (test.Verdict == '-') Assert.True(reply.Error.Code == ErrorCodes.PermissionDenied, answer);
        else Assert.True(reply.Error.Code is ErrorCodes.PermissionDenied or ErrorCodes.DatabaseError or ErrorCodes.InvalidArgument, answer);
        Assert.Equal(before, Dump(engine, SuiteSchema.Tables));
    }
}
