using SQLitePCL;

namespace Paddock.HostApi.Databases;

/// <summary>What a connection is told before a statement of a guest is: SQLite's own limits, and the switches that take away what no plugin needs.</summary>
internal static class SqliteConfinement
{
    // SQLITE_DBCONFIG_…, https://www.sqlite.org/c3ref/c_dbconfig_defensive.html
    private const int EnableFts3Tokenizer = 1004, EnableLoadExtension = 1005, Defensive = 1010, DqsDml = 1013, TrustedSchema = 1017;

    private static readonly (Limit Limit, int Most)[] s_limits =
    [
        (Limit.Column, 500), (Limit.ExprDepth, 100), (Limit.CompoundSelect, 50), (Limit.VdbeOp, 100_000), (Limit.FunctionArg, 64),
        (Limit.Attached, 0), (Limit.LikePatternLength, 1_000), (Limit.TriggerDepth, 16), (Limit.WorkerThreads, 0),
    ];

    // SQLITE_LIMIT_…, https://www.sqlite.org/c3ref/c_limit_attached.html
    private enum Limit
    {
        Length = 0,
        SqlLength = 1,
        Column = 2,
        ExprDepth = 3,
        CompoundSelect = 4,
        VdbeOp = 5,
        FunctionArg = 6,
        Attached = 7,
        LikePatternLength = 8,
        VariableNumber = 9,
        TriggerDepth = 10,
        WorkerThreads = 11,
    }

    internal static void Apply(sqlite3 connection, DatabaseOptions options)
    {
        foreach (var (limit, most) in s_limits) Set(connection, limit, most);
        Set(connection, Limit.Length, Math.Max(options.AnswerBytes, options.StatementBytes) + 1);
        Set(connection, Limit.SqlLength, options.StatementBytes + 16);
        Set(connection, Limit.VariableNumber, options.Parameters);
        raw.sqlite3_busy_timeout(connection, (int)Math.Min(options.StatementTimeout.TotalMilliseconds, 60_000));
        Set(connection, EnableLoadExtension, 0);
        Set(connection, EnableFts3Tokenizer, 0);
        Set(connection, Defensive, 1);
        Set(connection, TrustedSchema, 0);
        Set(connection, DqsDml, 0);
    }

    private static void Set(sqlite3 connection, Limit limit, int most) => raw.sqlite3_limit(connection, (int)limit, most);

    // A switch that an older library does not know is one whose danger it does not have, or whose use the authorizer refuses.
    private static void Set(sqlite3 connection, int option, int value) => raw.sqlite3_db_config(connection, option, value, out _);
}
