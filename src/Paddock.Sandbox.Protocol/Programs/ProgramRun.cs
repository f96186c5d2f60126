namespace Paddock.Sandbox.Protocol.Programs;

/// <summary>What came of running a program once.</summary>
public sealed record ProgramRun
{
    /// <summary>Why it was ended before it ended by itself; null where it was not.</summary>
    public CallError? Failure { get; init; }

    /// <summary>What it wrote to its standard output.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>What it wrote to its standard error, by line; within the limits of logs.</summary>
    public IReadOnlyList<LogEntry> Errors { get; init; } = [];

    /// <summary>Its exit code; 128 + the signal's number where a signal ended it.</summary>
    public int ExitCode { get; init; }

    /// <summary>Wall time, starting included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The result of a call that this run failed; only where there is a <see cref="Failure"/>.</summary>
    public CallResult ToFailedResult() => ToFailedResult(Failure ?? throw new InvalidOperationException("The run did not fail."));

    /// <summary>The result of a call that failed with <paramref name="error"/>.</summary>
    public CallResult ToFailedResult(CallError error) => new()
    {
        Status = Calls.GuestFailure.Of(error).Status,
        Error = error,
        Logs = Errors,
        Duration = Duration,
    };
}
