using Paddock.Policy;

namespace Paddock.Lifecycle;

/// <summary>The terms on which a version runs, without the bytes that an <see cref="Admission"/> holds on to.</summary>
internal sealed record PluginTerms(bool MayRun, PolicyStatus Status, GrantSet Grants, bool RawHtml, IReadOnlyList<Finding> Findings)
{
    public static PluginTerms Of(Admission admission, string pluginId) =>
        new(admission.MayRun, admission.Status, admission.GrantsFor(pluginId), admission.RawHtml, admission.Findings);
}
