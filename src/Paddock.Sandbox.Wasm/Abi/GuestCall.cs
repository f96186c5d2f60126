using System.Security.Cryptography;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Sandbox.Wasm.Threads;
using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>One call of a module, or its initialisation: what it is given, and what it has produced so far. Touched on its guest thread alone.</summary>
internal sealed class GuestCall(Limits limits, IHostChannel channel, Deadline deadline, TimeProvider clock, ICallSources? sources)
{
    // What a host function may need below it, the host's own code included.
    private const long HostStackBytes = 384 << 10;

    private const long ClockStep = 100_000;

    /// <summary>Bytes of a host call's arguments.</summary>
    internal const int MaxHostCallBytes = 16 << 20;

    private readonly GuestLane _lane = new();
    private readonly long _started = clock.GetTimestamp();
    private LineLog? _outputLines;
    private LineLog? _errorLines;

    internal Limits Limits => limits;

    internal Deadline Deadline => deadline;

    internal CallLog Log { get; } = new(limits, clock);

    internal int HostCalls { get; private set; }

    internal TimeSpan Elapsed => clock.GetElapsedTime(_started);

    /// <summary>Nanoseconds that the guest's own clock shows when the call begins.</summary>
    internal long ClockOrigin { get; init; }

    /// <summary>Fills in for the random source while a module initialises.</summary>
    internal InitialRandom? InitialRandom { get; init; }

    /// <summary>Arguments and environment of a program, in UTF-8.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Arguments { get; set; } = ["plugin"u8.ToArray()];

    internal IReadOnlyList<ReadOnlyMemory<byte>> Environment { get; set; } = [];

    /// <summary>What is left of standard input.</summary>
    internal ReadOnlyMemory<byte> Input { get; set; }

    /// <summary>Where standard output goes; null for the log.</summary>
    internal MemoryStream? Output { get; set; }

    /// <summary>On the guest's thread: this call's host calls lead back to it. Returns what did so before.</summary>
    internal GuestLane? Enter()
    {
        var before = GuestLane.Current;
        GuestLane.Current = _lane;
        return before;
    }

    /// <summary>Performs a host call and waits for its answer.</summary>
    /// <exception cref="LimitBreachException">Too many host calls, or too little stack for one.</exception>
    /// <exception cref="TrapException">The call is over.</exception>
    internal HostReply Ask(string function, ReadOnlyMemory<byte> arguments)
    {
        if (HostCalls >= limits.HostCalls) throw new LimitBreachException(ErrorCodes.HostCallLimit);
        HostCalls++;
        // What an interface puts around a guest's bytes counts too; a worker's frames hold no more.
        if (arguments.Length > MaxHostCallBytes) throw new LimitBreachException(ErrorCodes.HostCallLimit);

        // SECURITY: a guest may recurse to the end of its stack and call from there; the host's code must not be what overflows.
        if (GuestStack.RemainingBytes < HostStackBytes) throw new LimitBreachException(ErrorCodes.StackLimit);
        _lane.Open();
        try
        {
            var reply = channel.InvokeAsync(function, arguments, deadline.Token);
            return reply.IsCompletedSuccessfully ? reply.Result : _lane.Wait(reply.AsTask(), deadline);
        }
        finally
        {
            _lane.Close();
        }
    }

    internal long WallClock() => (sources?.UtcNowMilliseconds() ?? clock.GetUtcNow().ToUnixTimeMilliseconds()) * 1_000_000;

    /// <summary>In steps of 0.1 ms: a finer clock would serve to measure the host.</summary>
    internal long MonotonicClock() => ClockOrigin + ((sources?.ElapsedNanoseconds() ?? (long)Elapsed.TotalNanoseconds) / ClockStep * ClockStep);

    internal void FillRandom(Span<byte> buffer)
    {
        if (InitialRandom is not null) InitialRandom.Fill(buffer);
        else if (sources is not null) sources.Fill(buffer);
        else RandomNumberGenerator.Fill(buffer);
    }

    internal void Write(bool error, ReadOnlySpan<byte> bytes)
    {
        if (error || Output is null)
        {
            var lines = error ? _errorLines ??= new LineLog(Log, LogSeverity.Warn) : _outputLines ??= new LineLog(Log, LogSeverity.Info);
            lines.Write(bytes);
            return;
        }

        if (Output.Length + bytes.Length > limits.ResultBytes) throw new LimitBreachException(ErrorCodes.ResultLimit);
        Output.Write(bytes);
    }

    /// <summary>Logs what was written without a line end.</summary>
    internal void EndLines()
    {
        _outputLines?.End();
        _errorLines?.End();
    }

    internal void Sleep(ulong nanoseconds)
    {
        var delay = TimeSpan.FromTicks((long)Math.Min(nanoseconds / 100, (ulong)limits.Timeout.Ticks + (ulong)limits.InitTimeout.Ticks));
        if (delay > TimeSpan.Zero) _lane.Wait(SleepAsync(delay), deadline);
        deadline.ThrowIfReached();
    }

    private async Task<bool> SleepAsync(TimeSpan delay)
    {
        await Task.Delay(delay, clock, deadline.Token).ConfigureAwait(false);
        return true;
    }
}
