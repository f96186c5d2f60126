namespace Paddock.Policy;

/// <summary>What an operator decided about a plugin as a whole.</summary>
public enum PolicyStatus
{
    /// <summary>Nobody decided yet: nothing runs.</summary>
    PendingReview,

    /// <summary>It may run, with what it was granted.</summary>
    Approved,

    /// <summary>It may not run.</summary>
    Blocked,
}

/// <summary>The operator's side of an admission.</summary>
public sealed record PluginPolicy
{
    /// <summary>Whether it may run. The default decides nothing, so nothing runs.</summary>
    public PolicyStatus Status { get; init; } = PolicyStatus.PendingReview;

    /// <summary>Least isolation, whatever the manifest says. A manifest that asks for more gets more. Default in-process.</summary>
    public IsolationLevel IsolationFloor { get; init; } = IsolationLevel.InProcess;

    /// <summary>Limits that no manifest exceeds; also what a manifest without limits gets.</summary>
    public Limits LimitCeiling { get; init; } = new();

    /// <summary>The policy of a server that lets its authors run their own snippets. They run with no grant at all; effects are granted one by one.</summary>
    public static PluginPolicy ForAuthors { get; } = new() { Status = PolicyStatus.Approved };
}
