using System.Collections.Immutable;

namespace Paddock.Lifecycle;

/// <summary>An installed package while the host runs: what it is now, and what it did.</summary>
internal sealed class InstalledPlugin(PluginIdentity identity)
{
    private PluginState _state = PluginState.None;
    private ImmutableDictionary<string, PluginTerms> _draining = ImmutableDictionary<string, PluginTerms>.Empty;
    private long _calls;
    private long _failures;
    private long _lastCall;

    public PluginIdentity Identity { get; } = identity;

    public string Name => Identity.Name!;

    public LogRing Logs { get; } = new();

    public CallHealth Health { get; } = new();

    /// <summary>What it is now. Read once by whoever decides anything by it.</summary>
    public PluginState State
    {
        get => Volatile.Read(ref _state);
        set => Volatile.Write(ref _state, value);
    }

    /// <summary>On what terms code of a digest runs now: that of the version that serves, or of one whose last calls are still ending; null for any other.</summary>
    // SECURITY: a stale policy on an instance that is being replaced. It keeps running on its own manifest, under the policy of now.
    public PluginTerms? TermsOf(string digest)
    {
        var state = State;
        if (state.Active?.Digest == digest) return state.Terms;
        return Volatile.Read(ref _draining).GetValueOrDefault(digest);
    }

    /// <summary>Stops the version that serves, where it is meant: at once, whoever is changing the plugin meanwhile.</summary>
    /// <returns>The version that was stopped; null where none was.</returns>
    public ActiveVersion? Revoke(Func<ActiveVersion, bool> isMeant)
    {
        while (State is { Broken: null, Active: { } active } state && isMeant(active))
        {
            if (Interlocked.CompareExchange(ref _state, state with { Broken = ServiceError.PackageRevoked }, state) == state) return active;
        }

        return null;
    }

    /// <summary>Takes its terms from a version whose last calls are still ending; false where it has none such.</summary>
    public bool EndDrain(string digest)
    {
        bool drains = Volatile.Read(ref _draining).ContainsKey(digest);
        Drain(digest, null);
        return drains;
    }

    public IEnumerable<string> Draining => Volatile.Read(ref _draining).Keys;

    public void Drain(string digest, PluginTerms? terms) =>
        ImmutableInterlocked.Update(ref _draining, (held, change) => change.terms is null ? held.Remove(change.digest) : held.SetItem(change.digest, change.terms), (digest, terms));

    public void Ended(CallResult result, DateTimeOffset at)
    {
        Interlocked.Increment(ref _calls);
        if (result.Status != CallStatus.Completed) Interlocked.Increment(ref _failures);
        Interlocked.Exchange(ref _lastCall, at.ToUnixTimeMilliseconds());
        Logs.Add(result.Logs);
    }

    public PluginStatistics Statistics() => new()
    {
        Calls = Interlocked.Read(ref _calls),
        Failures = Interlocked.Read(ref _failures),
        LastCall = Interlocked.Read(ref _lastCall) is > 0 and var ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
    };
}
