using Microsoft.Extensions.Logging;

namespace Paddock.Jobs.Running;

internal static partial class JobLog
{
    [LoggerMessage(1401, LogLevel.Error, "Job {Job} of {Plugin} could not be called")]
    public static partial void Failed(ILogger logger, string plugin, string job, Exception exception);

    [LoggerMessage(1402, LogLevel.Error, "What came of a run of job {Job} of {Plugin} could not be recorded")]
    public static partial void NotRecorded(ILogger logger, string plugin, string job, Exception exception);

    [LoggerMessage(1403, LogLevel.Warning, "{Runs} runs of jobs did not end when the host stopped; they count as lost")]
    public static partial void Abandoned(ILogger logger, int runs);

    [LoggerMessage(1404, LogLevel.Warning, "{Runs} runs of jobs were under way when the host last ended; they are marked as lost")]
    public static partial void Lost(ILogger logger, int runs);

    [LoggerMessage(1405, LogLevel.Error, "Jobs could not be brought up to date with their plugins; the next change tries again")]
    public static partial void NotSynchronised(ILogger logger, Exception exception);

    [LoggerMessage(1406, LogLevel.Error, "A run of job {Job} of {Plugin} could not begin: it could not be recorded")]
    public static partial void NotBegun(ILogger logger, string plugin, string job, Exception exception);
}
