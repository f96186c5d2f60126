using Paddock.Packaging;

namespace Paddock.Policy;

/// <summary>A verified package and the terms on which it may run. Only <see cref="PolicyEngine"/> makes one, so holding one is the proof that policy was asked.</summary>
public sealed class Admission
{
    internal Admission(VerifiedPackage package)
    {
        Package = package;
    }

    /// <summary>What was admitted.</summary>
    public VerifiedPackage Package { get; }

    /// <summary>What the operator decided.</summary>
    public PolicyStatus Status { get; internal init; }

    /// <summary>Whether it may run at all. The only thing to ask before loading: a status alone says less.</summary>
    public bool MayRun { get; internal init; }

    /// <summary>Least isolation under which it may run.</summary>
    public IsolationLevel Isolation { get; internal init; }

    /// <summary>Limits of its calls: for each, the lowest of what it asked for, what policy allows and what the host allows.</summary>
    public Limits Limits { get; internal init; } = new();

    /// <summary>The effects it has: what it asks for, as far as policy grants it. Empty where it may not run.</summary>
    public IReadOnlyList<Permission> Grants { get; internal init; } = [];

    /// <summary>The registrations it may make, as patterns. Empty where it may not run.</summary>
    public IReadOnlyList<string> Capabilities { get; internal init; } = [];

    /// <summary>How often it may use the host.</summary>
    public RateLimits Rates { get; internal init; } = RateLimits.Default;

    /// <summary>What is observed; null for nothing, also once its time is over.</summary>
    public Observation? Observation { get; internal init; }

    /// <summary>Whether its calls share state.</summary>
    public bool Stateful { get; internal init; }

    /// <summary>Whether its HTML reaches pages as it is.</summary>
    public bool RawHtml { get; internal init; }

    /// <summary>Keys that look like secrets and that it may read all the same, where a grant covers them.</summary>
    public IReadOnlyList<string> SensitiveConfigKeys { get; internal init; } = [];

    /// <summary>Named weakenings that were accepted, and why it may not run. Shown wherever the plugin is.</summary>
    public IReadOnlyList<Finding> Findings { get; internal init; } = [];

    /// <summary>Whether it may make a registration (<c>tool:ticket.close</c>).</summary>
    public bool Allows(string capability)
    {
        ArgumentNullException.ThrowIfNull(capability);
        return MayRun && Capability.Covered(capability, Capabilities);
    }

    /// <summary>What the host's door is to enforce for the plugin with this id; for this package's digest alone, and nothing where it may not run.</summary>
    public GrantSet GrantsFor(string pluginId)
    {
        ArgumentNullException.ThrowIfNull(pluginId);
        if (!MayRun) return GrantSet.Blocked;
        var digest = Package.Digest;
        return new GrantSet([.. Grants.Select((p, i) => new Grant($"policy-{i + 1}", pluginId, digest, p, DateTimeOffset.MaxValue))])
        {
            Rates = Rates,
            Observation = Observation,
            SensitiveConfigKeys = SensitiveConfigKeys,
        };
    }
}
