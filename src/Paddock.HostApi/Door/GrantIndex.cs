namespace Paddock.HostApi.Door;

/// <summary>A set of grants, sorted by function: what each may look at, so that a host call finds its grants without searching and without allocating.</summary>
internal sealed class GrantIndex
{
    private readonly GrantSet _set;
    private readonly string _pluginId;
    private readonly string _digest;
    private readonly IReadOnlyList<HostFunction> _functions;
    private readonly Grant[][] _held;
    private readonly Grant[][] _observed;

    internal GrantIndex(GrantSet set, string pluginId, string digest, IReadOnlyList<HostFunction> functions)
    {
        _set = set;
        _pluginId = pluginId;
        _digest = digest;
        _functions = functions;

        // SECURITY: a grant of another plugin, or for other code, that a store hands out by mistake.
        Grant[] own = [.. set.Grants.Where(g => g.PluginId == pluginId && g.Digest == digest)];
        Grant[] ceiling = set.Observation is { } observation
            ? [.. observation.Ceiling.Where(p => (p.Access & Access.Read) != 0).Select(p => new Grant("", pluginId, digest, p with { Access = Access.Read }, observation.Until))]
            : [];
        _held = [.. functions.Select(f => Of(f, own))];
        _observed = [.. functions.Select((f, i) => f.OnlyReads && ceiling.Length > 0 ? [.. _held[i], .. Of(f, ceiling)] : _held[i])];
    }

    internal bool IsOf(GrantSet set, string pluginId, string digest, IReadOnlyList<HostFunction> functions) =>
        ReferenceEquals(_set, set) && ReferenceEquals(_functions, functions) && _digest == digest && _pluginId == pluginId;

    /// <summary>The grants that a function may look at and that hold now.</summary>
    internal Grant[] Held(int function, DateTimeOffset now) => Current(_held[function], now);

    /// <summary>The same with what may be read while observing. Only reads have more.</summary>
    internal Grant[] HeldOrObserved(int function, DateTimeOffset now) => Current(_observed[function], now);

    private static Grant[] Of(HostFunction function, Grant[] grants) =>
        [.. grants.Where(g => g.Permission.Type == function.Permission && function.Considers(g.Permission.Access))];

    private static Grant[] Current(Grant[] grants, DateTimeOffset now)
    {
        foreach (var grant in grants)
        {
            if (now >= grant.ExpiresAt) return WithoutExpired(grants, now);
        }

        return grants;
    }

    // Apart from the usual way, which a closure would cost an allocation.
    private static Grant[] WithoutExpired(Grant[] grants, DateTimeOffset now) => [.. grants.Where(g => now < g.ExpiresAt)];
}
