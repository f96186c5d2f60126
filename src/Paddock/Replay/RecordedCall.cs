namespace Paddock.Replay;

/// <summary>All that a call learnt from outside, and what came of it. Sealed before it is stored.</summary>
internal sealed record RecordedCall
{
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public string? Function { get; init; }

    public required byte[] Input { get; init; }

    public byte[]? Config { get; init; }

    public byte[]? Context { get; init; }

    public int Depth { get; init; }

    public Limits? Limits { get; init; }

    /// <summary>What the wall clock answered, in milliseconds; equal answers in a row are one with their number.</summary>
    public required IReadOnlyList<Run> Clock { get; init; }

    /// <summary>What the call's own clock answered, in nanoseconds.</summary>
    public required IReadOnlyList<Run> Elapsed { get; init; }

    /// <summary>Random bytes, one element a request.</summary>
    public required IReadOnlyList<byte[]> Random { get; init; }

    /// <summary>Host calls in the order in which the guest made them.</summary>
    public required IReadOnlyList<RecordedHostCall> HostCalls { get; init; }

    /// <summary>Ordinals of host calls in the order in which their replies reached the guest.</summary>
    public required IReadOnlyList<int> Settled { get; init; }

    /// <summary>Whether its programs could ask for HTTP by themselves. What they asked is among the host calls.</summary>
    public bool Http { get; init; }

    public required RecordedResult Result { get; init; }

    /// <summary>One answer of a clock.</summary>
    internal readonly record struct Run(long Value, int Times);
}

/// <summary>One host call and its reply.</summary>
internal sealed record RecordedHostCall(string Function, byte[] Arguments)
{
    /// <summary>Name under which a connection is recorded that a program asked for; its argument is the origin.</summary>
    public const string Connection = "http.connect";

    /// <summary>UTF-8 JSON of the value; null where it failed, or was not answered before the call ended.</summary>
    public byte[]? Value { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public CallError? Error { get; init; }

    /// <summary>Whether there was a reply before the call ended.</summary>
    public bool Answered => Value is not null || Error is not null;
}

/// <summary>How the call ended.</summary>
internal sealed record RecordedResult
{
    public required CallStatus Status { get; init; }

    public required byte[] Value { get; init; }

    public CallError? Error { get; init; }

    public required IReadOnlyList<LogEntry> Logs { get; init; }

    public int HostCalls { get; init; }

    public long DurationUs { get; init; }

    /// <summary>Whether something outside the guest ended it: then it ends where it stood, not where its code says.</summary>
    public bool CutShort => Status == CallStatus.Cancelled || Error?.Code == ErrorCodes.TimeLimit;

    public static RecordedResult From(CallResult result) => new()
    {
        Status = result.Status,
        Value = result.Value.ToArray(),
        Error = result.Error,
        Logs = result.Logs,
        HostCalls = result.HostCalls,
        DurationUs = (long)result.Duration.TotalMicroseconds,
    };

    public CallResult ToResult() => new()
    {
        Status = Status,
        Value = Value,
        Error = Error,
        Logs = Logs,
        HostCalls = HostCalls,
        Duration = TimeSpan.FromMicroseconds(DurationUs),
    };
}
