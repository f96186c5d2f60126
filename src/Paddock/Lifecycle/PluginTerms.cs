using Paddock.Policy;

namespace Paddock.Lifecycle;

/// <summary>The terms on which a version runs, without the bytes that an <see cref="Admission"/> holds on to.</summary>
internal sealed record PluginTerms(bool MayRun, PolicyStatus Status, GrantSet Grants, bool RawHtml, IReadOnlyList<Finding> Findings)
{
    private (Limits Limits, IsolationLevel Isolation, bool Stateful, string Shown) Sandbox { get; init; } = (new Limits(), IsolationLevel.InProcess, false, "");

    /// <summary>Whether a sandbox made on the one terms is what the others ask for.</summary>
    public bool SandboxedAs(PluginTerms other) => Sandbox == other.Sandbox;

    public static PluginTerms Of(Admission admission, string pluginId) =>
        new(admission.MayRun, admission.Status, admission.GrantsFor(pluginId), admission.RawHtml, admission.Findings)
        {
            Sandbox = (admission.Limits, admission.Isolation, admission.Stateful, Shown(admission)),
        };

    // Directories that a warm container was shown stay in it until it ends, so that it ends with the terms it was started on.
    private static string Shown(Admission admission) => admission.Isolation < IsolationLevel.Container
        ? ""
        : string.Join('\n', admission.Grants.Where(g => g.Type == PermissionType.Files).Select(g => $"{g.Access}:{string.Join('\0', g.Scope)}"));
}
