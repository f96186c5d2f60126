namespace Paddock.Sandbox.Protocol.Calls;

/// <summary>One request to a guest: within which limits, and what the guest may ask the host for meanwhile.</summary>
#pragma warning disable CA1001 // The semaphore has no handle to release, and host calls may give their room back after the session.
internal sealed class GuestSession
#pragma warning restore CA1001
{
    /// <summary>Bytes of a host call's arguments.</summary>
    internal const int MostHostCallBytes = 16 << 20;

    private const int HostCallsAtOnce = 32;
    private readonly SemaphoreSlim _room = new(HostCallsAtOnce);
    private readonly HashSet<string> _failedWith = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly long _started;

    internal GuestSession(Limits limits, IHostChannel channel, CallDeadline deadline, TimeProvider clock, ICallSources? sources = null)
    {
        _clock = clock;
        _started = clock.GetTimestamp();
        Limits = limits;
        Channel = channel;
        Deadline = deadline;
        Sources = sources is null ? null : new RecordedSources(sources);
        Log = new GuestLog(limits, clock, () => deadline.Reach(ErrorCodes.LogLimit));
    }

    internal Limits Limits { get; }

    internal IHostChannel Channel { get; }

    internal CallDeadline Deadline { get; }

    internal GuestLog Log { get; }

    /// <summary>Where a recorded call's time, randomness and order of replies come from; null for a call that is not.</summary>
    internal RecordedSources? Sources { get; }

    internal int HostCalls { get; private set; }

    internal TimeSpan Elapsed => _clock.GetElapsedTime(_started);

    /// <summary>Codes with which host calls of this request failed.</summary>
    internal IReadOnlySet<string> FailedWith
    {
        get
        {
            lock (_failedWith) return new HashSet<string>(_failedWith, StringComparer.Ordinal);
        }
    }

    /// <summary>Counts a host call; false when it is one too many, or too large, and the request ends. That one is never made.</summary>
    internal bool Count(int bytes)
    {
        if (HostCalls >= Limits.HostCalls || bytes > MostHostCallBytes)
        {
            Deadline.Reach(ErrorCodes.HostCallLimit);
            return false;
        }

        HostCalls++;
        return true;
    }

    /// <summary>Waits while too much is under way: neither the number nor the bytes of unanswered host calls are the guest's to choose.</summary>
    internal async ValueTask<int> EnterAsync(int bytes)
    {
        var units = 1 + (bytes >> 20);
        for (var i = 0; i < units; i++) await _room.WaitAsync(Deadline.Token).ConfigureAwait(false);
        return units;
    }

    /// <summary>Performs a host call, and makes room for others.</summary>
    internal async Task<HostReply> AskAsync(string function, ReadOnlyMemory<byte> arguments, int units)
    {
        try
        {
            // The channel may work before it awaits; what else the guest says need not wait for that.
            if (Sources is null) await Task.Yield();
            var reply = await Channel.InvokeAsync(function, arguments, Deadline.Token).ConfigureAwait(false);
            if (reply.Error is { } error)
            {
                lock (_failedWith) _failedWith.Add(error.Code);
            }

            return reply;
        }
        finally
        {
            _room.Release(units);
        }
    }
}
