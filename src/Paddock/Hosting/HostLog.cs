using Microsoft.Extensions.Logging;

namespace Paddock.Hosting;

internal static partial class HostLog
{
    [LoggerMessage(1101, LogLevel.Error, "Host call {Function} failed; the plugin was told HOST_ERROR")]
    public static partial void HostCallFailed(ILogger logger, string function, Exception exception);
}
