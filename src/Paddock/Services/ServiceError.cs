namespace Paddock;

/// <summary>Why a use case was refused.</summary>
/// <param name="Kind">What sort of refusal.</param>
/// <param name="Code">Stable code, one of <see cref="ServiceErrorCodes"/> or of a finding. Programs match this.</param>
/// <param name="Message">What is wrong and how to mend it; discloses nothing that the principal may not see.</param>
public sealed record ServiceError(ServiceErrorKind Kind, string Code, string Message)
{
    /// <summary>Everything that is wrong with the request, for <see cref="ServiceErrorKind.Invalid"/>; empty otherwise.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    internal static ServiceError Invalid(IReadOnlyList<Finding> findings)
    {
        var first = findings.First(f => f.Severity == FindingSeverity.Error);
        return new(ServiceErrorKind.Invalid, first.Code, first.Message) { Findings = findings };
    }

    internal static ServiceError PluginNotFound { get; } =
        new(ServiceErrorKind.NotFound, ServiceErrorCodes.PluginNotFound, "There is no such plugin.");

    internal static ServiceError RuntimeUnavailable(PluginRuntime runtime) =>
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.RuntimeUnavailable, $"This host has no sandbox for {runtime} plugins.");

    internal static ServiceError RuntimeUnavailable(PluginRuntime runtime, IsolationLevel level) =>
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.RuntimeUnavailable, $"This host has no sandbox for {runtime} plugins at the level {level.ToString().ToLowerInvariant()} or above, which its manifest, its policy or the host's rules ask for.");

    internal static ServiceError NotApproved { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.PluginNotApproved, "Policy does not let this plugin run. An operator can approve it.");

    internal static ServiceError IntegrityFailed { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.IntegrityFailed, "The stored plugin is not the one that was verified. Save it again.");

    internal static ServiceError PluginChanged { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.PluginChanged, "The plugin was changed meanwhile; nothing was stored. Read it again and repeat.");

    internal static ServiceError PluginQuota(string message) => new(ServiceErrorKind.Conflict, ServiceErrorCodes.PluginQuota, message);

    internal static ServiceError RequestQuota(int most) =>
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.RequestQuota, $"The plugin has {most} pending requests. An operator has to decide some first.");

    internal static ServiceError PluginDisabled { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.PluginDisabled, "The plugin is disabled. Enable it first.");

    internal static ServiceError PermissionNotFound { get; } =
        new(ServiceErrorKind.NotFound, ServiceErrorCodes.PermissionNotFound, "There is no such permission.");

    internal static ServiceError RequestNotFound { get; } =
        new(ServiceErrorKind.NotFound, ServiceErrorCodes.RequestNotFound, "There is no such permission request.");

    internal static ServiceError RequestResolved { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.RequestResolved, "The request was approved or denied before.");

    internal static ServiceError RequestStale { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.RequestStale, "The plugin's code has changed since. Review the new code, then ask again.");

    internal static ServiceError OperatorOnly { get; } =
        new(ServiceErrorKind.Forbidden, ServiceErrorCodes.Forbidden, "This needs an operator.");

    internal static ServiceError AuthorOnly { get; } =
        new(ServiceErrorKind.Forbidden, ServiceErrorCodes.Forbidden, "This needs an author. An agent calls plugins; it neither creates nor changes them.");

    internal static ServiceError Quarantined(string reason) =>
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.PluginQuarantined, $"The host stopped this plugin ({reason}). An operator can enable it again.");

    internal static ServiceError SafeMode { get; } =
        new(ServiceErrorKind.Unavailable, ServiceErrorCodes.SafeMode, "The host is in safe mode; no plugin runs.");

    internal static ServiceError RateLimited { get; } =
        new(ServiceErrorKind.TooMany, ServiceErrorCodes.RateLimited, "The plugin is called more often than its policy allows. Try again in a second.");

    internal static ServiceError FunctionNotCallable { get; } =
        new(ServiceErrorKind.Forbidden, ServiceErrorCodes.FunctionNotCallable, "This function is not for you to call. Exports, and handlers of routes that you may use, are.");

    internal static ServiceError ReviewStale { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.ReviewStale, "This version neither waits nor serves any more. Review the package as it is now.");

    internal static ServiceError VersionNotFound { get; } =
        new(ServiceErrorKind.NotFound, ServiceErrorCodes.VersionNotFound, "The package has no such version to go back to.");

    internal static ServiceError PackageRevoked { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.PackageRevoked, "This package was revoked. Install another version.");

    internal static ServiceError DowngradeRefused(string version) =>
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.DowngradeRefused, $"Version {version} was accepted before. An operator can roll back to a version that is still there.");

    internal static ServiceError NameTaken { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.NameTaken, "The name belongs to a package of somebody else. An operator can replace it.");

    internal static ServiceError KeyNotFound { get; } =
        new(ServiceErrorKind.NotFound, ServiceErrorCodes.KeyNotFound, "There is no such trusted key.");

    internal static ServiceError NotDeclared(string what) =>
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.NotDeclared, $"The package's manifest names no such {what}.");
}
