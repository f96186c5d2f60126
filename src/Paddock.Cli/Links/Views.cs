using System.Text.Json;

namespace Paddock.Cli;

/// <summary>A package as the tool shows it, from wherever it comes.</summary>
internal sealed record PackageView(string Name, string Status, bool Enabled, string? Quarantine, VersionView? Active, VersionView? Waiting);

/// <summary>A version of a package.</summary>
internal sealed record VersionView(string Version, string Digest);

/// <summary>What came of installing.</summary>
internal sealed record InstallView(PackageView Package, string Digest, bool Active, IReadOnlyList<Finding> Findings);

/// <summary>A policy with what it comes to.</summary>
internal sealed record PolicyView(JsonElement Policy, string Digest, IReadOnlyList<PolicyLineView> Lines);

/// <summary>One line of an explanation.</summary>
internal sealed record PolicyLineView(string Kind, string Subject, string? Asked, string? Granted, string? Effective, Finding? WhyNot);

/// <summary>A config and its schema.</summary>
internal sealed record ConfigView(JsonElement? Config, JsonElement? Schema);

/// <summary>A trusted key.</summary>
internal sealed record KeyView(string Id, string Publisher, DateTimeOffset ValidUntil, DateTimeOffset? RevokedAt);

/// <summary>A line that a plugin logged.</summary>
internal sealed record LogView(string Plugin, DateTimeOffset At, string Level, string Message);

/// <summary>A job. Without a running server it has no next run.</summary>
internal sealed record JobView(string Plugin, string Id, string Schedule, string TimeZone, bool Enabled, DateTimeOffset? Next, JobRunView? Last);

/// <summary>A run of a job.</summary>
internal sealed record JobRunView(long Id, string Plugin, string Job, string Actor, DateTimeOffset ScheduledAt, double? DurationMs, string Outcome, string? Code, string? Message, string? ExecutionId);

/// <summary>Until when a plugin's calls are recorded.</summary>
internal sealed record ConsentView(string PluginId, DateTimeOffset ExpiresAt);

/// <summary>A recorded call.</summary>
internal sealed record RecordingView(string Id, string PluginId, DateTimeOffset At, string Status, long Bytes);

/// <summary>What came of a replay; without a divergence it came to the same end. Where sources are its own, clock and randomness were the machine's.</summary>
internal sealed record ReplayView(CallResult Replayed, ReplayDivergence? Divergence, bool OwnSources);
