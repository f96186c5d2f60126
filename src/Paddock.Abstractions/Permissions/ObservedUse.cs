namespace Paddock;

/// <summary>What a plugin used, or tried to use, while it was observed. From these a policy is proposed.</summary>
/// <param name="Type">Kind of effect.</param>
/// <param name="Access">What was done.</param>
/// <param name="Entry">The narrowest scope entry that covers it.</param>
/// <param name="Times">How often.</param>
/// <param name="Denied">How often of these enforcement alone would have denied it, whether or not it was performed.</param>
public sealed record ObservedUse(PermissionType Type, Access Access, string Entry, long Times, long Denied);
