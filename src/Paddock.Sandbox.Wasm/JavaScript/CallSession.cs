using System.Security.Cryptography;
using Paddock.Sandbox.Wasm.Calls;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>What one call, or one initialisation, has asked for and produced so far. Touched by one guest thread at a time, or by the host between two runs.</summary>
internal sealed class CallSession(SandboxSpec spec, Limits limits, TimeProvider clock) : IGuestHost
{
    private readonly long _started = clock.GetTimestamp();
    private readonly CallLog _log = new(limits, clock);
    private long _unansweredBytes;

    internal Limits Limits => limits;

    /// <summary>Whether the call's clock stands at 0: QuickJS takes its origin when it boots, and each call's begins with the call.</summary>
    internal bool ClockStopped { get; init; }

    /// <summary>Where time and randomness come from; null for the real ones.</summary>
    internal ICallSources? Sources { get; init; }

    internal IReadOnlyList<LogEntry> Logs => _log.Entries;

    internal Queue<RequestedHostCall> Requested { get; } = [];

    internal int HostCalls { get; private set; }

    /// <summary>Codes with which host calls of this call failed. A guest that lets such a failure through fails with that code; one that makes up a code does not.</summary>
    internal HashSet<string> FailedWith { get; } = new(StringComparer.Ordinal);

    internal (GuestOutcome Outcome, byte[] Json)? Outcome { get; private set; }

    internal TimeSpan Elapsed => clock.GetElapsedTime(_started);

    public int LogBytesLeft => _log.BytesLeft;

    public int ResultBytes => limits.ResultBytes;

    public void HostCall(int id, string function, byte[] arguments)
    {
        if (HostCalls >= limits.HostCalls) throw new LimitBreachException(ErrorCodes.HostCallLimit);
        HostCalls++;

        // SECURITY: one string asked with a thousand times over is a thousand copies in the host. What the host holds for the guest is the guest's memory too.
        _unansweredBytes += arguments.Length;
        if (_unansweredBytes > limits.MemoryBytes) throw new LimitBreachException(ErrorCodes.MemoryLimit);
        Requested.Enqueue(new RequestedHostCall(id, function, arguments));
    }

    /// <summary>The host is done with the arguments of a host call.</summary>
    internal void Answered(RequestedHostCall request) => _unansweredBytes -= request.Arguments.Length;

    public void Log(LogSeverity severity, string message) => _log.Add(severity, GuestError.WithoutBridge(message));

    public void Done(GuestOutcome outcome, byte[] json) => Outcome ??= (outcome, json);

    public long WallClock() => Sources?.UtcNowMilliseconds() ?? clock.GetUtcNow().ToUnixTimeMilliseconds();

    public long CallClock() => ClockStopped ? 0 : Sources?.ElapsedNanoseconds() ?? ((long)(Elapsed.TotalMilliseconds * 10) * 100_000);

    public void Fill(Span<byte> buffer)
    {
        if (Sources is { } sources) sources.Fill(buffer);
        else RandomNumberGenerator.Fill(buffer);
    }

    public int ZoneOffset(long seconds)
    {
        // Beyond what the calendar of .NET reaches the base offset serves.
        if (seconds is < -62_135_596_800 or > 253_402_300_799) return (int)spec.TimeZone.BaseUtcOffset.TotalSeconds;
        return (int)spec.TimeZone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(seconds)).TotalSeconds;
    }

    // Without the cast null would become empty bytes, and every module that is not there an empty one.
    public ReadOnlyMemory<byte>? Module(string path) => spec.Files.TryGetValue(path, out var source) ? (ReadOnlyMemory<byte>?)source : null;
}

/// <summary>A host call that the guest has made and the host has not yet begun.</summary>
internal readonly record struct RequestedHostCall(int Id, string Function, byte[] Arguments);
