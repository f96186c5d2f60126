using System.Text.Json;

namespace Paddock.HostApi.Door;

/// <summary>Decides about host calls: whether the plugin may run, whether a grant covers the call, whether its rates leave room. Allocates nothing for a call that is let through.</summary>
internal sealed class DoorKeeper(IGrantSource grants, PluginLedgers ledgers, HostFunction[] functions, TimeProvider clock, HostApiOptions options)
{
    private static readonly CallError Blocked = new(ErrorCodes.PluginBlocked, "This plugin may not run.");

    internal PluginLedger LedgerOf(HostCallScope scope) => ledgers.Of(scope.Tenant, scope.PluginId);

    /// <summary>Decides. The source of grants is asked at every call, so that a change reaches a call under way.</summary>
    /// <exception cref="HostCallException">The arguments are not what the function takes.</exception>
    internal Decision Decide(int ordinal, HostCallScope scope, PluginLedger ledger, JsonElement arguments, in Instant now)
    {
        var function = functions[ordinal];
        var set = SetOf(scope, function);
        var root = scope.Root is { } first ? SetOf(first, function) : null;
        if (set is { IsBlocked: true } || root is { IsBlocked: true }) return Deny(Blocked);
        if (set is null || (scope.Root is not null && root is null)) return Deny(NotCovered(function));
        var decision = function.Permission is null ? new Decision { Held = [] } : Cover(ordinal, set, scope, ledger, arguments, now.Time);
        if (decision.Error is null && function.Rate != RateKind.None && Limited(function, ledger, set, scope, root, now.Timestamp) is { } limited) return Deny(limited);
        return decision;
    }

    /// <summary>The grants that hold now, for an effect that takes long.</summary>
    internal IReadOnlyList<Grant> HeldNow(int ordinal, HostCallScope scope, PluginLedger ledger)
    {
        var set = SetOf(scope, functions[ordinal]);
        if (set is null || set.IsBlocked) return [];
        var now = clock.GetUtcNow();
        var index = ledger.IndexOf(set, scope.PluginId, scope.Digest, functions);
        return IsObserving(set, now) ? index.HeldOrObserved(ordinal, now) : index.Held(ordinal, now);
    }

    /// <summary>The plugin's own grants of a permission that hold now. What is only observed is not among them.</summary>
    internal IReadOnlyList<Grant> GrantsNow(int ordinal, HostCallScope scope, PermissionType type)
    {
        var set = SetOf(scope, functions[ordinal]);
        if (scope.Root is { } first && SetOf(first, functions[ordinal]) is null or { IsBlocked: true }) return [];
        if (set is null || set.IsBlocked) return [];
        var now = clock.GetUtcNow();
        return [.. set.Grants.Where(g => g.PluginId == scope.PluginId && g.Digest == scope.Digest && g.Permission.Type == type && now < g.ExpiresAt)];
    }

    /// <summary>Notes, while observing, what an effect touched that its arguments do not name.</summary>
    internal void Touched(int ordinal, HostCallScope scope, PluginLedger ledger, Access access, string entry)
    {
        var function = functions[ordinal];
        var now = clock.GetUtcNow();
        if (function.Permission is not { } type || SetOf(scope, function) is not { } set || !IsObserving(set, now) || !ScopeEntry.IsValid(type, entry)) return;
        var held = ledger.IndexOf(set, scope.PluginId, scope.Digest, functions).Held(ordinal, now);
        var granted = Array.Exists(held, g => (g.Permission.Access & access) == access && g.Permission.Scope.Any(s => ScopeEntry.Within(type, entry, s)));
        ledger.Observe(type, access, entry, !granted);
    }

    private Decision Cover(int ordinal, GrantSet set, HostCallScope scope, PluginLedger ledger, JsonElement arguments, DateTimeOffset now)
    {
        var function = functions[ordinal];
        var index = ledger.IndexOf(set, scope.PluginId, scope.Digest, functions);
        var held = index.Held(ordinal, now);
        var grant = function.Covering(held, arguments);
        if (grant is not null && !function.Permits(set, arguments)) grant = null;
        if (set.Observation is null) return grant is null ? Deny(NotCovered(function)) : new Decision { Grant = grant, Held = held };
        return IsObserving(set, now) ? Observe(ordinal, index, set, held, grant, ledger, arguments, now)
            : grant is null ? Deny(NotCovered(function)) : new Decision { Grant = grant, Held = held };
    }

    private Decision Observe(int ordinal, GrantIndex index, GrantSet set, Grant[] held, Grant? grant, PluginLedger ledger, JsonElement arguments, DateTimeOffset now)
    {
        var function = functions[ordinal];
        foreach (var entry in ObservedEntry.Of(function, arguments)) ledger.Observe(function.Permission!.Value, function.Access, entry, grant is null);

        // SECURITY: only what reads. A denied write, request or mail is recorded and denied: observing is no grant.
        if (!function.OnlyReads) return grant is null ? Deny(NotCovered(function)) : new Decision { Grant = grant, Held = held };
        var more = index.HeldOrObserved(ordinal, now);
        if (grant is not null) return new Decision { Grant = grant, Held = more };
        return function.Covering(more, arguments) is not null && function.Permits(set, arguments)
            ? new Decision { Held = more, OnlyObserved = true }
            : Deny(NotCovered(function));
    }

    // SECURITY: quota laundering. A plugin whose own rate is used up would go on through others that have theirs; so what a callee uses
    // is charged to it and to the plugin that the chain began with, each under its own rates.
    private CallError? Limited(HostFunction function, PluginLedger ledger, GrantSet set, HostCallScope scope, GrantSet? root, long timestamp)
    {
        if (scope.Root is { } first && !LedgerOf(first).TryUse(function.Rate, root!.Rates, timestamp, out var wait)) return RateLimited(wait, "The plugin that this chain of calls began with");
        return ledger.TryUse(function.Rate, set.Rates, timestamp, out wait) ? null : RateLimited(wait, "This plugin");
    }

    private static CallError RateLimited(TimeSpan wait, string who) => wait == TimeSpan.MaxValue
        ? new CallError(ErrorCodes.RateLimited, $"{who} may not do this at all: its rate is 0.")
        : new CallError(ErrorCodes.RateLimited, $"{who} did this as often as it may; try again in {Math.Ceiling(wait.TotalSeconds)} s.") { RetryAfter = wait };

    private static CallError NotCovered(HostFunction function) => new(ErrorCodes.PermissionDenied, $"No grant covers {function.Name} here.");

    private static Decision Deny(CallError error) => new() { Held = [], Error = error };

    private static bool IsObserving(GrantSet set, DateTimeOffset now) => set.Observation is { } observation && now < observation.Until;

    // SECURITY: grants that cannot be read are no grants.
    private GrantSet? SetOf(HostCallScope scope, HostFunction function)
    {
        try
        {
            return grants.ActiveGrants(scope.Tenant, scope.PluginId, scope.Digest);
        }
        catch (Exception e)
        {
            options.OnFault?.Invoke(function.Name, e);
            return null;
        }
    }
}
