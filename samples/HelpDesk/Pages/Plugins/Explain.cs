using Paddock.Policy;

namespace Paddock.Samples.HelpDesk.Pages.Plugins;

/// <summary>Decisions and refusals in words.</summary>
internal static class Explain
{
    public static string Error(ServiceError error) => error.Findings.Count == 0
        ? $"{error.Code}: {error.Message}"
        : string.Join('\n', error.Findings.Select(Finding));

    public static string Finding(Finding finding) =>
        $"{finding.Code}: {finding.Message}{(finding.Path is null ? "" : $" ({finding.Path}{(finding.Line is { } line ? $", line {line}" : "")})")}{(finding.Mend is null ? "" : " " + finding.Mend)}";

    /// <summary>The permissions that were ticked: <c>INDEX/ENTRY</c> of what the manifest asks for. Anything else is nothing.</summary>
    public static IReadOnlyList<Permission> Granted(IReadOnlyList<Permission> asked, IEnumerable<string> ticked)
    {
        var chosen = ticked.ToHashSet(StringComparer.Ordinal);
        return [.. asked.Select((permission, i) => permission with { Scope = [.. permission.Scope.Where(entry => chosen.Contains($"{i}/{entry}"))] }).Where(p => p.Scope.Count > 0)];
    }

    /// <summary>Approved where all that is asked for is granted, restricted otherwise.</summary>
    public static PolicyStatus Status(IReadOnlyList<Permission> asked, IReadOnlyList<Permission> granted) =>
        granted.Sum(p => p.Scope.Count) == asked.Sum(p => p.Scope.Count) ? PolicyStatus.Approved : PolicyStatus.Restricted;
}
