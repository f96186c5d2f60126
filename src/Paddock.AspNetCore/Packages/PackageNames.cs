using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.AspNetCore;

/// <summary>How enumerations of packages are written.</summary>
internal static class PackageNames
{
    public static string Of(PolicyStatus status) => status switch
    {
        PolicyStatus.PendingReview => "pending_review",
        PolicyStatus.Approved => "approved",
        PolicyStatus.Restricted => "restricted",
        PolicyStatus.Blocked => "blocked",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static string Of(SignatureState state) => state switch
    {
        SignatureState.Unsigned => "unsigned",
        SignatureState.Untrusted => "untrusted",
        SignatureState.Dialect => "dialect",
        SignatureState.Revoked => "revoked",
        SignatureState.Expired => "expired",
        SignatureState.Trusted => "trusted",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Of(ExplainedKind kind) => kind switch
    {
        ExplainedKind.Permission => "permission",
        ExplainedKind.Capability => "capability",
        ExplainedKind.Limit => "limit",
        ExplainedKind.Rate => "rate",
        ExplainedKind.Isolation => "isolation",
        ExplainedKind.Status => "status",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static LogSeverity? Severity(string? name) => name switch
    {
        "debug" => LogSeverity.Debug,
        "info" => LogSeverity.Info,
        "warn" => LogSeverity.Warn,
        "error" => LogSeverity.Error,
        _ => null,
    };
}
