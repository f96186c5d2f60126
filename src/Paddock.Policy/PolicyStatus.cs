namespace Paddock.Policy;

/// <summary>What an operator decided about a plugin as a whole.</summary>
public enum PolicyStatus
{
    /// <summary>Nobody decided yet: nothing runs.</summary>
    PendingReview = 0,

    /// <summary>It may run, with what it was granted.</summary>
    Approved = 1,

    /// <summary>It may not run, and its host calls under way are refused.</summary>
    Blocked = 2,

    /// <summary>It may run, with less than it asked for. Enforced exactly as approved; the name tells people that something was left out on purpose.</summary>
    Restricted = 3,
}
