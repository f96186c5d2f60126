namespace Paddock;

/// <summary>Whether the audit is as it was written.</summary>
/// <param name="Intact">Whether every record follows from the one before it, up to the head.</param>
/// <param name="Records">Records read.</param>
/// <param name="FirstBroken">Sequence number of the first record that does not; null when intact.</param>
/// <param name="Head">SHA-256 of the chain's end. Keep it elsewhere: whoever can rewrite the whole file can recompute the chain, but not to this value.</param>
public sealed record AuditVerification(bool Intact, long Records, long? FirstBroken, string Head);
