namespace Paddock.Sandbox.Protocol.Workers;

/// <summary>The fields of the frames, in their order: the one place that both sides write and read them by.</summary>
public static class WorkerMessages
{
    private const int MostFiles = 100_000;
    private const int MostEntries = 1_000_000;

    /// <summary>A plugin.</summary>
    public static FrameWriter Write(this FrameWriter frame, SandboxSpec spec)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(spec);
        frame.Text(spec.Digest).Number((int)spec.Runtime).Text(spec.Entry).Text(spec.EntryPoint).Number(spec.Stateful ? 1 : 0).Text(spec.TimeZone.ToSerializedString());
        frame.Write(spec.Limits).Number(spec.Files.Count);
        foreach (var (path, bytes) in spec.Files) frame.Text(path).Bytes(bytes);
        return frame;
    }

    /// <summary>Reads what <see cref="Write(FrameWriter, SandboxSpec)"/> wrote.</summary>
    public static SandboxSpec Spec(this FrameFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        string digest = fields.Required();
        var runtime = (PluginRuntime)fields.Number();
        string entry = fields.Required();
        string? entryPoint = fields.Text();
        bool stateful = fields.Number(0, 1) == 1;
        var zone = TimeZoneInfo.FromSerializedString(fields.Required());
        var limits = fields.Limits();
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        for (int left = fields.Number(0, MostFiles); left > 0; left--) files[fields.Required()] = fields.Bytes() ?? default;
        return new SandboxSpec { Digest = digest, Runtime = runtime, Files = files, Entry = entry, EntryPoint = entryPoint, Limits = limits, Stateful = stateful, TimeZone = zone };
    }

    /// <summary>A call.</summary>
    public static FrameWriter Write(this FrameWriter frame, SandboxCall call, Limits limits)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(call);
        return frame.Text(call.Function).Bytes(call.Input).Bytes(call.Config).Bytes(call.Context).Number(call.Depth).Number(call.Sources is null ? 0 : 1).Write(limits);
    }

    /// <summary>Reads a call.</summary>
    /// <param name="fields">What <see cref="Write(FrameWriter, SandboxCall, Limits)"/> wrote.</param>
    /// <param name="sources">What answers where the host gives sources; unused otherwise.</param>
    public static SandboxCall Call(this FrameFields fields, Func<ICallSources> sources)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(sources);
        return new SandboxCall
        {
            Function = fields.Text(),
            Input = fields.Bytes() ?? default,
            Config = fields.Bytes(),
            Context = fields.Bytes(),
            Depth = fields.Number(),
            Sources = fields.Number(0, 1) == 1 ? sources() : null,
            Limits = fields.Limits(),
        };
    }

    /// <summary>What came of a call.</summary>
    public static FrameWriter Write(this FrameWriter frame, CallResult result)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(result);
        frame.Number((int)result.Status).Bytes(result.Value).Write(result.Error).Number(result.Logs.Count);
        foreach (var entry in result.Logs) frame.Number(entry.At.ToUnixTimeMilliseconds()).Number((int)entry.Severity).Text(entry.Message);
        return frame;
    }

    /// <summary>Reads what came of a call. Nothing of it is checked but its form.</summary>
    public static CallResult Result(this FrameFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var status = (CallStatus)fields.Number((int)CallStatus.Completed, (int)CallStatus.Cancelled);
        var value = fields.Bytes() ?? default;
        var error = fields.Error();
        var logs = new List<LogEntry>();
        for (int left = fields.Number(0, MostEntries); left > 0; left--)
            logs.Add(new LogEntry(DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(fields.LongNumber(), 0, 253_402_300_799_999)), (LogSeverity)fields.Number((int)LogSeverity.Debug, (int)LogSeverity.Error), fields.Required()));
        return new CallResult { Status = status, Value = value, Error = error, Logs = logs };
    }

    /// <summary>An error, or none.</summary>
    public static FrameWriter Write(this FrameWriter frame, CallError? error)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return error is null
            ? frame.Text(null)
            : frame.Text(error.Code).Text(error.Message).Text(error.Name).Text(error.Stack).Number(error.Line ?? -1).Number(error.Column ?? -1).Number((long)(error.RetryAfter?.TotalMilliseconds ?? -1));
    }

    /// <summary>Reads an error, or none.</summary>
    public static CallError? Error(this FrameFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (fields.Text() is not { } code) return null;
        var error = new CallError(code, fields.Required()) { Name = fields.Text(), Stack = fields.Text() };
        int line = fields.Number(), column = fields.Number();
        long retry = fields.LongNumber();
        return error with { Line = line < 0 ? null : line, Column = column < 0 ? null : column, RetryAfter = retry < 0 ? null : TimeSpan.FromMilliseconds(Math.Min(retry, int.MaxValue)) };
    }

    /// <summary>A text that has to be there.</summary>
    public static string Required(this FrameFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return fields.Text() ?? throw new WorkerFrameException("A text is missing.");
    }

    private static FrameWriter Write(this FrameWriter frame, Limits limits) => frame
        .Number(limits.Timeout.Ticks).Number(limits.InitTimeout.Ticks).Number(limits.ShutdownTimeout.Ticks).Number(limits.MemoryBytes).Number(limits.StackBytes)
        .Number(limits.ResultBytes).Number(limits.LogBytes).Number(limits.LogEntries).Number(limits.HostCalls);

    private static Limits Limits(this FrameFields fields) => new()
    {
        Timeout = TimeSpan.FromTicks(fields.LongNumber()),
        InitTimeout = TimeSpan.FromTicks(fields.LongNumber()),
        ShutdownTimeout = TimeSpan.FromTicks(fields.LongNumber()),
        MemoryBytes = fields.LongNumber(),
        StackBytes = fields.Number(),
        ResultBytes = fields.Number(),
        LogBytes = fields.Number(),
        LogEntries = fields.Number(),
        HostCalls = fields.Number(),
    };
}
