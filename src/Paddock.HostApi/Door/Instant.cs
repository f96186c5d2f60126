namespace Paddock.HostApi.Door;

/// <summary>One moment on both clocks, each read once for a host call.</summary>
/// <param name="Time">By the wall clock: what expires.</param>
/// <param name="Timestamp">By the monotonic clock: rates and durations.</param>
internal readonly record struct Instant(DateTimeOffset Time, long Timestamp)
{
    internal static Instant Now(TimeProvider clock) => new(clock.GetUtcNow(), clock.GetTimestamp());
}
