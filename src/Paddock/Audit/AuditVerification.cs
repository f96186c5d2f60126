namespace Paddock;

/// <summary>Whether the audit is as it was written.</summary>
/// <param name="Intact">Whether every record follows from the one before it, up to the head, and the head kept beside the database is in the chain.</param>
/// <param name="Records">Records read.</param>
/// <param name="FirstBroken">Sequence number of the first record that does not; 0 where an end of the chain is broken or missing, null when intact.</param>
/// <param name="Head">Mac of the chain's end in hex. Keep it elsewhere, with <see cref="HeadSequence"/>: whoever can replace the whole data directory can put back an old one, but not reach this value.</param>
public sealed record AuditVerification(bool Intact, long Records, long? FirstBroken, string Head)
{
    /// <summary>Sequence number of the newest record; 0 before the first.</summary>
    public long HeadSequence { get; init; }

    /// <summary>What is wrong, one of <see cref="AuditFaults"/>; null when intact.</summary>
    public string? Fault { get; init; }
}

/// <summary>What can be wrong with an audit. Programs match these.</summary>
public static class AuditFaults
{
    /// <summary>A record was changed, removed, added or reordered.</summary>
    public const string Rewritten = "AUDIT_REWRITTEN";

    /// <summary>Records are missing at the end.</summary>
    public const string Truncated = "AUDIT_TRUNCATED";

    /// <summary>An end of the chain is missing or not sealed with this key: emptied, recomputed as a whole, or the key was replaced.</summary>
    public const string Unsealed = "AUDIT_UNSEALED";

    /// <summary>The head kept beside the database is missing or not sealed with this key.</summary>
    public const string AnchorMissing = "AUDIT_ANCHOR_MISSING";

    /// <summary>The chain does not reach, or does not contain, a head that it had before: an older copy was put back, or other records were written in their place.</summary>
    public const string RolledBack = "AUDIT_ROLLED_BACK";
}
