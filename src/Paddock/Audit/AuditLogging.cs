using Microsoft.Extensions.Logging;

namespace Paddock.Audit;

internal static partial class AuditLogging
{
    [LoggerMessage(1201, LogLevel.Error, "{Records} audit records could not be written; they are kept in memory and tried again, and what would need more is refused meanwhile")]
    public static partial void NotKept(ILogger logger, int records, Exception exception);

    [LoggerMessage(1202, LogLevel.Critical, "The audit does not continue the one that this data directory had: it was rewritten, or an older database was put back. Run: paddock audit verify")]
    public static partial void NotContinued(ILogger logger);
}
