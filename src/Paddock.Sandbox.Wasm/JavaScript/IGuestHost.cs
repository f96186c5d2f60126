namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>Who answers a running instance: a call, or the initialisation of a plugin. All members are called on a guest thread, inside guest code; an exception ends the guest.</summary>
internal interface IGuestHost
{
    /// <summary>Greatest UTF-8 length of the next log message.</summary>
    int LogBytesLeft { get; }

    /// <summary>Greatest UTF-8 length of a result.</summary>
    int ResultBytes { get; }

    /// <summary>The guest asks for an effect. The answer comes later, through <see cref="HostReplies"/>.</summary>
    void HostCall(int id, string function, byte[] arguments);

    void Log(LogSeverity severity, string message);

    /// <summary>The call has its outcome: a value, an error, an unserialisable result, or no such function.</summary>
    void Done(GuestOutcome outcome, byte[] json);

    /// <summary>Milliseconds since the Unix epoch, no finer.</summary>
    long WallClock();

    /// <summary>Nanoseconds since the call began, in steps of 0.1 ms: a finer clock would serve to measure the host.</summary>
    long CallClock();

    /// <summary>Random bytes.</summary>
    void Fill(Span<byte> buffer);

    /// <summary>Seconds east of UTC at a time in seconds since the epoch.</summary>
    int ZoneOffset(long seconds);

    /// <summary>The source of a module of the package, or null.</summary>
    ReadOnlyMemory<byte>? Module(string path);
}

/// <summary>How the guest's half of the bridge reports an outcome.</summary>
internal enum GuestOutcome
{
    /// <summary>A JSON value.</summary>
    Value,

    /// <summary>A description of what was thrown.</summary>
    Error,

    /// <summary>The value cannot be written as JSON.</summary>
    ResultInvalid,

    /// <summary>No export of that name is a function.</summary>
    NotFound,
}
