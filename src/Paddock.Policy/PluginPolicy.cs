namespace Paddock.Policy;

/// <summary>What an operator decided about one plugin. Immutable; what it does not say is not granted.</summary>
public sealed record PluginPolicy
{
    /// <summary>Whether it may run. The default decides nothing, so nothing runs.</summary>
    public PolicyStatus Status { get; init; } = PolicyStatus.PendingReview;

    /// <summary>The effects that are granted, as far as the manifest asks for them. Default none.</summary>
    public IReadOnlyList<Permission> Grants { get; init => field = [.. value.Select(p => p with { Scope = [.. p.Scope] })]; } = [];

    /// <summary>The registrations that are granted (<c>tool:ticket.*</c>, <c>*</c>), compared without regard to case; a trailing <c>*</c> stands for whatever follows. Default none.</summary>
    public IReadOnlyList<string> Capabilities { get; init => field = [.. value]; } = [];

    /// <summary>Limits that no manifest exceeds; also what a manifest without limits gets.</summary>
    public Limits LimitCeiling { get; init; } = new();

    /// <summary>How often it may use the host. Default <see cref="RateLimits.Default"/>; <see cref="Unlimited"/> for one of them is a named weakening.</summary>
    public RateLimits Rates { get; init; } = RateLimits.Default;

    /// <summary>Least isolation, whatever the manifest says. A manifest that asks for more gets more. Default in-process.</summary>
    public IsolationLevel IsolationFloor { get; init; } = IsolationLevel.InProcess;

    /// <summary>Whether its calls may share state where the manifest asks for that. Default false.</summary>
    public bool Stateful { get; init; }

    /// <summary>Whether its HTML reaches pages as it is, instead of through the sanitiser. Default false; true is a named weakening.</summary>
    public bool RawHtml { get; init; }

    /// <summary>What is observed, and until when; null, the default, for nothing.</summary>
    public Observation? Observation { get; init; }

    /// <summary>Keys of the host's configuration that look like secrets and that it may read all the same, each by its exact name. A scope alone never lifts that refusal. Default none.</summary>
    public IReadOnlyList<string> SensitiveConfigKeys { get; init => field = [.. value]; } = [];

    /// <summary>A rate that nothing reaches. Written as <c>"unlimited"</c>.</summary>
    public const int Unlimited = int.MaxValue;

    /// <summary>The policy of a server that lets its authors run their own snippets. They run with no grant at all; effects are granted one by one.</summary>
    public static PluginPolicy ForAuthors { get; } = new() { Status = PolicyStatus.Approved };
}
