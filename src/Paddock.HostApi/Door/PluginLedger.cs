using System.Collections.Concurrent;
using Paddock.HostApi.Door;

namespace Paddock.HostApi;

/// <summary>What one plugin used: windows of its rates, counters, and what was observed. It belongs to the plugin's id, and outlives every load of it.</summary>
public sealed class PluginLedger
{
    private const int MostObserved = 1000;

    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly SlidingWindow _calls;
    private readonly SlidingWindow _db;
    private readonly SlidingWindow _http;
    private readonly SlidingWindow _email;
    // By kind of permission; the last for what needs none.
    private readonly long[] _performed = new long[Enum.GetValues<PermissionType>().Length + 1];
    private readonly ConcurrentDictionary<(PermissionType Type, Access Access, string Entry), Use> _observed = new();
    private long _dbExecs;
    private long _errors;
    private long _denials;
    private long _bytesIn;
    private long _bytesOut;
    private long _lastHostCall;
    private GrantIndex? _index;

    internal PluginLedger(TimeProvider clock)
    {
        _clock = clock;
        _calls = new SlidingWindow(clock.TimestampFrequency);
        _db = new SlidingWindow(60 * clock.TimestampFrequency);
        _http = new SlidingWindow(60 * clock.TimestampFrequency);
        _email = new SlidingWindow(60 * clock.TimestampFrequency);
    }

    /// <summary>What it used since the host started.</summary>
    public PluginUsage Usage => new()
    {
        HostCalls = _performed.Sum() + Interlocked.Read(ref _denials),
        DbQueries = Performed(PermissionType.Db) - Interlocked.Read(ref _dbExecs),
        DbExecs = Interlocked.Read(ref _dbExecs),
        CacheOperations = Performed(PermissionType.Cache),
        KvOperations = Performed(PermissionType.Kv),
        HttpRequests = Performed(PermissionType.Http),
        Emails = Performed(PermissionType.Email),
        PluginCalls = Performed(PermissionType.PluginCall),
        FileOperations = Performed(PermissionType.Files),
        Errors = Interlocked.Read(ref _errors),
        Denials = Interlocked.Read(ref _denials),
        BytesIn = Interlocked.Read(ref _bytesIn),
        BytesOut = Interlocked.Read(ref _bytesOut),
        LastHostCall = Interlocked.Read(ref _lastHostCall) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
    };

    /// <summary>What it used, or tried to use, while it was observed; at most 1,000 different things. Until <see cref="ForgetObserved"/>, or the host stops.</summary>
    public IReadOnlyList<ObservedUse> Observed =>
        [.. _observed.Select(o => new ObservedUse(o.Key.Type, o.Key.Access, o.Key.Entry, Interlocked.Read(ref o.Value.Times), Interlocked.Read(ref o.Value.Denied)))];

    /// <summary>Whether more was observed than is kept, so that a proposal may cover less than was used.</summary>
    public bool ObservedTooMuch { get; private set; }

    /// <summary>Counts a call of the plugin, unless it had as many in this second as its rate allows: what a host asks before each call, also one from another plugin.</summary>
    /// <param name="rates">The rates in force.</param>
    /// <param name="retryAfter">After how long there may be room; <see cref="TimeSpan.MaxValue"/> for never.</param>
    public bool TryCall(RateLimits rates, out TimeSpan retryAfter)
    {
        ArgumentNullException.ThrowIfNull(rates);
        return TryTake(_calls, rates.CallsPerSecond, _clock.GetTimestamp(), out retryAfter);
    }

    /// <summary>Forgets what was observed, as when an observation begins.</summary>
    public void ForgetObserved()
    {
        _observed.Clear();
        ObservedTooMuch = false;
    }

    internal bool TryUse(RateKind kind, RateLimits rates, long timestamp, out TimeSpan retryAfter)
    {
        switch (kind)
        {
            case RateKind.Db: return TryTake(_db, rates.DbPerMinute, timestamp, out retryAfter);
            case RateKind.Http: return TryTake(_http, rates.HttpPerMinute, timestamp, out retryAfter);
            case RateKind.Email: return TryTake(_email, rates.EmailsPerMinute, timestamp, out retryAfter);
            default:
                retryAfter = default;
                return true;
        }
    }

    /// <summary>The index of a set of grants; the last one is kept, and holds as long as the set is the same object.</summary>
    internal GrantIndex IndexOf(GrantSet grants, string pluginId, string digest, IReadOnlyList<HostFunction> functions)
    {
        var index = Volatile.Read(ref _index);
        if (index is not null && index.IsOf(grants, pluginId, digest, functions)) return index;
        index = new GrantIndex(grants, pluginId, digest, functions);
        Volatile.Write(ref _index, index);
        return index;
    }

    internal void Began(DateTimeOffset now) => Volatile.Write(ref _lastHostCall, now.UtcTicks);

    internal void Denied() => Interlocked.Increment(ref _denials);

    internal void Performing(HostFunction function)
    {
        Interlocked.Increment(ref _performed[function.Permission is { } permission ? (int)permission : _performed.Length - 1]);
        if (function is { Permission: PermissionType.Db, OnlyReads: false }) Interlocked.Increment(ref _dbExecs);
    }

    internal void Failed() => Interlocked.Increment(ref _errors);

    internal void Ended(long bytesIn, long bytesOut)
    {
        Interlocked.Add(ref _bytesIn, bytesIn);
        if (bytesOut > 0) Interlocked.Add(ref _bytesOut, bytesOut);
    }

    // SECURITY: the entries are the guest's words; without a bound they would be its way to the host's memory.
    internal void Observe(PermissionType type, Access access, string entry, bool denied)
    {
        if (!_observed.TryGetValue((type, access, entry), out var use))
        {
            if (_observed.Count >= MostObserved)
            {
                ObservedTooMuch = true;
                return;
            }

            use = _observed.GetOrAdd((type, access, entry), _ => new Use());
        }

        Interlocked.Increment(ref use.Times);
        if (denied) Interlocked.Increment(ref use.Denied);
    }

    private long Performed(PermissionType type) => Interlocked.Read(ref _performed[(int)type]);

    private bool TryTake(SlidingWindow window, int limit, long timestamp, out TimeSpan retryAfter)
    {
        retryAfter = default;
        if (limit == int.MaxValue) return true;
        long wait;
        lock (_gate)
        {
            if (window.TryTake(timestamp, limit, out wait)) return true;
        }

        retryAfter = wait == long.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromSeconds(wait / (double)_clock.TimestampFrequency);
        return false;
    }

    private sealed class Use
    {
        internal long Times;
        internal long Denied;
    }
}
