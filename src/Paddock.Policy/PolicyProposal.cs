namespace Paddock.Policy;

/// <summary>From what a plugin used while it was observed, the least policy under which it would have been let through.</summary>
public static class PolicyProposal
{
    /// <summary>The policy. It grants the entries that were used, each with the accesses it was used with, and no pattern; everything but grants and observation is as it is now. Granting it is still the operator's to do.</summary>
    /// <param name="observed">What was used, or tried.</param>
    /// <param name="current">The policy in force; null for none.</param>
    /// <param name="withDenied">Whether what was tried and never performed is granted too. Default true: without it the plugin does not get further than it did.</param>
    public static PluginPolicy From(IEnumerable<ObservedUse> observed, PluginPolicy? current = null, bool withDenied = true)
    {
        ArgumentNullException.ThrowIfNull(observed);
        var used = observed
            .Where(o => o.Access != Access.None && ScopeEntry.IsValid(o.Type, o.Entry) && (withDenied || o.Denied < o.Times))
            .GroupBy(o => (o.Type, o.Entry))
            .Select(g => (g.Key.Type, g.Key.Entry, Access: g.Aggregate(Access.None, (all, o) => all | o.Access)))
            .ToList();
        var grants = used
            .Where(u => !used.Any(other => IsCoveredBy(u, other)))
            .GroupBy(u => (u.Type, u.Access))
            .OrderBy(g => g.Key.Type).ThenBy(g => g.Key.Access)
            .Select(g => new Permission(g.Key.Type, g.Key.Access, [.. g.Select(u => u.Entry).Order(StringComparer.Ordinal)]));
        return (current ?? new PluginPolicy()) with { Status = PolicyStatus.Restricted, Grants = [.. grants], Observation = null };
    }

    private static bool IsCoveredBy((PermissionType Type, string Entry, Access Access) use, (PermissionType Type, string Entry, Access Access) other) =>
        use.Type == other.Type && use.Entry != other.Entry && (use.Access & other.Access) == use.Access
        && ScopeEntry.Within(use.Type, use.Entry, other.Entry)

        // Of two ways to write one thing the first in order stays.
        && (!ScopeEntry.Within(use.Type, other.Entry, use.Entry) || string.CompareOrdinal(other.Entry, use.Entry) < 0);
}
