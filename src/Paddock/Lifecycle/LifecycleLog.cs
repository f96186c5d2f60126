using Microsoft.Extensions.Logging;

namespace Paddock.Lifecycle;

internal static partial class LifecycleLog
{
    [LoggerMessage(1201, LogLevel.Warning, "The first calls of {Plugin} {Digest} all failed; bringing its former version back: {Outcome}")]
    public static partial void RolledBack(ILogger logger, string plugin, string digest, string outcome);

    [LoggerMessage(1202, LogLevel.Error, "{Plugin} {Digest} crashed again and again and is stopped until an operator enables it")]
    public static partial void Quarantined(ILogger logger, string plugin, string digest);

    [LoggerMessage(1203, LogLevel.Error, "{Verdict} of {Plugin} failed")]
    public static partial void ActionFailed(ILogger logger, HealthVerdict verdict, string plugin, Exception exception);

    [LoggerMessage(1204, LogLevel.Information, "Packages directory: {Path} installed as {Plugin}; {Outcome}")]
    public static partial void DirectoryInstalled(ILogger logger, string path, string plugin, string outcome);

    [LoggerMessage(1205, LogLevel.Warning, "Packages directory: {Path} refused: {Code} {Message}")]
    public static partial void DirectoryRefused(ILogger logger, string path, string code, string message);

    [LoggerMessage(1207, LogLevel.Error, "What databases keep for {Plugin} could not be removed")]
    public static partial void ForgettingFailed(ILogger logger, string plugin, Exception exception);

    [LoggerMessage(1206, LogLevel.Error, "Packages directory: {Path} could not be handled")]
    public static partial void DirectoryFailed(ILogger logger, string path, Exception exception);
}
