namespace Paddock.Sandbox.Protocol.Pool;

/// <summary>
/// Makes a plugin whose processes end by force wait for the next one: nothing after the first, then 100 ms, and twice as long each time up to 3 s, until a call goes well.
/// Safe to use from several threads.
/// </summary>
// SECURITY: starting a process costs the host a hundred times what a call does, outside the plugin's own limits. Without a pause, a plugin that breaks a limit
// at once, called again and again, takes that from all others.
internal sealed class RestartPause(TimeProvider clock)
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(100), s_longest = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private TimeSpan _pause;
    private TimeSpan _next;
    private long _since;

    /// <summary>A process was ended by force, or ended by itself within a call.</summary>
    internal void Failed()
    {
        lock (_gate)
        {
            (_pause, _since) = (_next, clock.GetTimestamp());
            _next = _next == TimeSpan.Zero ? s_first : _next * 2 < s_longest ? _next * 2 : s_longest;
        }
    }

    /// <summary>A call went well.</summary>
    internal void Recovered()
    {
        lock (_gate) _pause = _next = TimeSpan.Zero;
    }

    /// <summary>Waits until the next process may start.</summary>
    internal async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (Left() is { Ticks: > 0 } left) await Task.Delay(left, clock, cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan Left()
    {
        lock (_gate) return _pause - clock.GetElapsedTime(_since);
    }
}
