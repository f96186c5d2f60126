namespace Paddock.Cli;

/// <summary>What <c>paddock run</c> was asked for.</summary>
internal sealed record RunOptions(string File, string? Function, byte[] Input, IReadOnlyList<Permission> Allowed, Limits Limits, bool Json);
