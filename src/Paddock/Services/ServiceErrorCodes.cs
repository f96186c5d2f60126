namespace Paddock;

/// <summary>The stable codes of a <see cref="ServiceError"/> that are not those of a finding.</summary>
public static class ServiceErrorCodes
{
    /// <summary>No such plugin for this principal.</summary>
    public const string PluginNotFound = "PLUGIN_NOT_FOUND";

    /// <summary>The plugin is disabled.</summary>
    public const string PluginDisabled = "PLUGIN_DISABLED";

    /// <summary>Policy awaits a review of the plugin, or blocks it.</summary>
    public const string PluginNotApproved = "PLUGIN_NOT_APPROVED";

    /// <summary>The plugin was changed by somebody else while this request was under way; nothing was stored.</summary>
    public const string PluginChanged = "PLUGIN_CHANGED";

    /// <summary>The owner has as many plugins, or as many bytes of them, as the host allows.</summary>
    public const string PluginQuota = "PLUGIN_QUOTA";

    /// <summary>There is no such tool for agents.</summary>
    public const string ToolNotFound = "TOOL_NOT_FOUND";

    /// <summary>An argument of a tool is not what the tool takes.</summary>
    public const string ArgumentInvalid = "ARGUMENT_INVALID";

    /// <summary>This host has no sandbox for the plugin's runtime.</summary>
    public const string RuntimeUnavailable = ErrorCodes.RuntimeUnavailable;

    /// <summary>The stored package is not the one that was verified. It does not run.</summary>
    public const string IntegrityFailed = "INTEGRITY_FAILED";

    /// <summary>No such permission for this principal.</summary>
    public const string PermissionNotFound = "PERMISSION_NOT_FOUND";

    /// <summary>No such permission request for this principal.</summary>
    public const string RequestNotFound = "REQUEST_NOT_FOUND";

    /// <summary>The plugin has as many pending requests as the host allows.</summary>
    public const string RequestQuota = "REQUEST_QUOTA";

    /// <summary>The request was approved or denied before.</summary>
    public const string RequestResolved = "REQUEST_RESOLVED";

    /// <summary>The code is no longer the one that was reviewed.</summary>
    public const string RequestStale = "REQUEST_STALE";

    /// <summary>The principal's role does not allow it.</summary>
    public const string Forbidden = "FORBIDDEN";

    /// <summary>No running plugin has such a job.</summary>
    public const string JobNotFound = "JOB_NOT_FOUND";

    /// <summary>This host runs no jobs.</summary>
    public const string SchedulerUnavailable = "SCHEDULER_UNAVAILABLE";

    /// <summary>A finding: the timeout is not within 200 to 300,000 ms.</summary>
    public const string TimeoutInvalid = "TIMEOUT_INVALID";

    /// <summary>A finding: the limit is not within 1 to 200.</summary>
    public const string LimitInvalid = "LIMIT_INVALID";

    /// <summary>A finding: the input or context is larger than the host takes.</summary>
    public const string InputTooLarge = "INPUT_TOO_LARGE";

    /// <summary>A finding: the function is no name of an export.</summary>
    public const string FunctionInvalid = "FUNCTION_INVALID";

    /// <summary>A finding: the expiry is in the past, too far away, or given twice.</summary>
    public const string ExpiryInvalid = "EXPIRY_INVALID";

    /// <summary>A finding: the permission has no actions, or some that its kind does not know.</summary>
    public const string ActionsInvalid = "ACTIONS_INVALID";

    /// <summary>A finding: the scope is empty, too long, or names what cannot be granted.</summary>
    public const string ScopeInvalid = "SCOPE_INVALID";

    /// <summary>A finding: the reason is too long or has characters that do not print.</summary>
    public const string ReasonInvalid = "REASON_INVALID";

    /// <summary>The host stopped the plugin after it failed again and again, or its file is gone.</summary>
    public const string PluginQuarantined = "PLUGIN_QUARANTINED";

    /// <summary>The host is in safe mode: no plugin runs.</summary>
    public const string SafeMode = "SAFE_MODE";

    /// <summary>More calls than policy allows in a second.</summary>
    public const string RateLimited = ErrorCodes.RateLimited;

    /// <summary>The function is no export, nor behind a contribution that this principal may use.</summary>
    public const string FunctionNotCallable = ErrorCodes.FunctionNotCallable;

    /// <summary>The version that was reviewed is no longer there.</summary>
    public const string ReviewStale = "REVIEW_STALE";

    /// <summary>The package has no such version to go back to.</summary>
    public const string VersionNotFound = "VERSION_NOT_FOUND";

    /// <summary>The package was revoked; it never runs again.</summary>
    public const string PackageRevoked = "PACKAGE_REVOKED";

    /// <summary>A lower version than one that was accepted before.</summary>
    public const string DowngradeRefused = "DOWNGRADE_REFUSED";

    /// <summary>The name belongs to a package of somebody else.</summary>
    public const string NameTaken = "NAME_TAKEN";

    /// <summary>The package has no secret or config of this name.</summary>
    public const string NotDeclared = "NOT_DECLARED";

    /// <summary>A finding: the plugin's own health check failed, or the host could not read what it contributes.</summary>
    public const string Unhealthy = "PLUGIN_UNHEALTHY";

    /// <summary>A finding: a contribution clashes with another plugin's or the host's.</summary>
    public const string ContributionConflict = "CONTRIBUTION_CONFLICT";

    /// <summary>A finding: a route names authorisation that this host does not know.</summary>
    public const string MiddlewareUnknown = "MIDDLEWARE_UNKNOWN";

    /// <summary>A finding: a version that is not above the one that serves. It is reviewed like a new one.</summary>
    public const string VersionNotNewer = "VERSION_NOT_NEWER";

    /// <summary>A finding: a version that served before and was taken back. An operator brings it back.</summary>
    public const string VersionTakenBack = "VERSION_TAKEN_BACK";

    /// <summary>A finding: the config does not satisfy the schema of the version that is to serve.</summary>
    public const string ConfigInvalid = "CONFIG_INVALID";

    /// <summary>There is no such trusted key.</summary>
    public const string KeyNotFound = "KEY_NOT_FOUND";

    /// <summary>A finding: the key or its publisher's name is not of its form.</summary>
    public const string KeyInvalid = "KEY_INVALID";
}
