using Npgsql;

namespace Paddock.HostApi.Databases;

/// <summary>What a guest learns of an error of PostgreSQL: never the detail or the hint, which hold values of rows.</summary>
internal static class PostgreSqlErrors
{
    internal static Exception Of(PostgresException e, bool onlyReads)
    {
        switch (e.SqlState)
        {
            case PostgresErrorCodes.InsufficientPrivilege:
                return new HostCallException(ErrorCodes.PermissionDenied, $"No grant to {(onlyReads ? "read" : "read or write")} this: {Short(e.MessageText)}.");
            case PostgresErrorCodes.ReadOnlySqlTransaction:
                return new HostCallException(ErrorCodes.PermissionDenied, $"db.query only reads: {Short(e.MessageText)}.");
        }

        // Syntax and names, values, constraints, limits of the statement. The rest is the server's own matter.
        if (e.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.ConfigurationLimitExceeded or PostgresErrorCodes.LockNotAvailable)
            return new HostCallException(ErrorCodes.DatabaseError, $"The database ended the statement ({e.SqlState}).");
        return e.SqlState[..2] is "42" or "22" or "23" or "0A" or "21" or "54" or "25" or "40" or "44" or "55"
            ? new HostCallException(ErrorCodes.DatabaseError, $"{Short(e.MessageText)} ({e.SqlState})")
            : new DatabaseFaultException($"PostgreSQL answered {e.SqlState}.", e);
    }

    private static string Short(string message) => message.Length > 500 ? message[..500] : message;
}
