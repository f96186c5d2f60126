namespace Paddock.Sandbox.Process;

/// <summary>One part of the sandbox, on this machine.</summary>
/// <param name="Code">Stable code; that of the finding where it is missing.</param>
/// <param name="Name">What it is, for people.</param>
/// <param name="IsEnforced">Whether it is there and works.</param>
/// <param name="Detail">How it is there, or what is missing.</param>
/// <param name="Mend">How to get it; null where it is there.</param>
public sealed record SandboxPart(string Code, string Name, bool IsEnforced, string Detail, string? Mend = null);
