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

    internal static ServiceError NotApproved { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.PluginNotApproved, "Policy does not let this plugin run. An operator can approve it.");

    internal static ServiceError IntegrityFailed { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.IntegrityFailed, "The stored plugin is not the one that was verified. Save it again.");

    internal static ServiceError PluginChanged { get; } =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.PluginChanged, "The plugin was changed meanwhile; nothing was stored. Read it again and repeat.");

    internal static ServiceError PluginQuota(int plugins, long bytes) =>
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.PluginQuota, $"An owner may have {plugins} plugins of {bytes} bytes in all. Delete one first.");

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
}
