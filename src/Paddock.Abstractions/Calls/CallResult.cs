namespace Paddock;

/// <summary>How a call ended.</summary>
public enum CallStatus
{
    /// <summary>The guest returned a value.</summary>
    Completed,

    /// <summary>The guest threw, trapped, or returned what is no JSON.</summary>
    GuestFault,

    /// <summary>A limit was reached; the error's code says which.</summary>
    LimitExceeded,

    /// <summary>Refused before any code ran.</summary>
    Denied,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}

/// <summary>Why something failed, in terms a guest may see.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>, or a dialect's own.</param>
/// <param name="Message">For people; no path, type or address of the host.</param>
public sealed record CallError(string Code, string Message)
{
    /// <summary>The name of the guest's error class (<c>TypeError</c>), where there is one.</summary>
    public string? Name { get; init; }

    /// <summary>The guest's own stack, with its own file names, lines and columns.</summary>
    public string? Stack { get; init; }

    /// <summary>One-based line of the guest's source, where known.</summary>
    public int? Line { get; init; }

    /// <summary>One-based column, where known.</summary>
    public int? Column { get; init; }

    /// <summary>After how long the same may be tried again; null where that is not known or changes nothing. Set with <see cref="ErrorCodes.RateLimited"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>How loud a log entry is.</summary>
public enum LogSeverity
{
    /// <summary>console.debug, console.trace.</summary>
    Debug,

    /// <summary>console.log, console.info.</summary>
    Info,

    /// <summary>console.warn.</summary>
    Warn,

    /// <summary>console.error.</summary>
    Error,
}

/// <summary>One line a guest logged. The message is the guest's: control characters other than newline and tab are already replaced.</summary>
/// <param name="At">When, by the host's clock.</param>
/// <param name="Severity">How loud.</param>
/// <param name="Message">What, for people.</param>
public sealed record LogEntry(DateTimeOffset At, LogSeverity Severity, string Message);

/// <summary>What came of one call.</summary>
public sealed record CallResult
{
    /// <summary>How it ended.</summary>
    public required CallStatus Status { get; init; }

    /// <summary>UTF-8 JSON of the result when completed (<c>null</c> for undefined); empty otherwise.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Why it did not complete; null when it did.</summary>
    public CallError? Error { get; init; }

    /// <summary>What it logged, in order, also when it failed.</summary>
    public IReadOnlyList<LogEntry> Logs { get; init; } = [];

    /// <summary>Wall time.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Host calls made, allowed or not.</summary>
    public int HostCalls { get; init; }
}
