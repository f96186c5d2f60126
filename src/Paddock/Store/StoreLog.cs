using Microsoft.Extensions.Logging;

namespace Paddock.Store;

internal static partial class StoreLog
{
    [LoggerMessage(1001, LogLevel.Information, "SQLite in use: {Library}")]
    public static partial void SqliteChosen(ILogger logger, string library);

    [LoggerMessage(1002, LogLevel.Information, "Store open, schema version {Version}")]
    public static partial void Opened(ILogger logger, int version);

    [LoggerMessage(1003, LogLevel.Warning, "Weakening DATA_DIRECTORY_OPEN: other users of this machine can enter {Directory}; chmod it to 0700")]
    public static partial void DirectoryOpenToOthers(ILogger logger, string directory);

    [LoggerMessage(1004, LogLevel.Information, "Retention removed {Executions} executions, {Logs} log entries and {Audit} audit records")]
    public static partial void Pruned(ILogger logger, int executions, int logs, int audit);

    [LoggerMessage(1005, LogLevel.Error, "Retention failed; it is tried again at its next time")]
    public static partial void PruneFailed(ILogger logger, Exception exception);
}
