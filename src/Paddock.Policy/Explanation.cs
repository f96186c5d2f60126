namespace Paddock.Policy;

/// <summary>What a line of an explanation is about.</summary>
public enum ExplainedKind
{
    /// <summary>An effect.</summary>
    Permission,

    /// <summary>A registration.</summary>
    Capability,

    /// <summary>A limit of each call.</summary>
    Limit,

    /// <summary>How often the host may be used.</summary>
    Rate,

    /// <summary>Where it runs.</summary>
    Isolation,

    /// <summary>Whether it runs at all.</summary>
    Status,
}

/// <summary>One line of an explanation: who asked, who granted, what it comes to, and why it is less.</summary>
public sealed record Explanation
{
    /// <summary>What it is about.</summary>
    public required ExplainedKind Kind { get; init; }

    /// <summary>Which: <c>db</c>, <c>tool:ticket.*</c>, <c>timeout</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>Who asked: <c>manifest</c>, the dialect's own default (<c>goatkit default</c>), or null for nobody.</summary>
    public string? AskedBy { get; init; }

    /// <summary>What was asked, for people (<c>read: tickets, ticket_states</c>); null for nothing.</summary>
    public string? Asked { get; init; }

    /// <summary>Who granted: <c>policy</c>, <c>goatkit defaults</c>, <c>host</c>, or null for nobody.</summary>
    public string? GrantedBy { get; init; }

    /// <summary>What was granted, for people; null for nothing.</summary>
    public string? Granted { get; init; }

    /// <summary>What it comes to, for people; null for nothing.</summary>
    public string? Effective { get; init; }

    /// <summary>What it comes to, where that is an effect; null for nothing. Several lines can have one subject.</summary>
    public IReadOnlyList<Permission> EffectivePermissions { get; init; } = [];

    /// <summary>Why it is less than was asked; null where it is all of it.</summary>
    public Finding? WhyNot { get; init; }
}
