using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Paddock.Policy;
using Paddock.Samples.HelpDesk.Accounts;

namespace Paddock.Samples.HelpDesk.Pages.Plugins;

internal sealed class DetailModel(IPackageService packages, IPluginInsight insight, IJobs jobs) : PageModel
{
    private const int LogLines = 100;

    public PackageRecord Package { get; private set; } = null!;

    public PluginPolicy Policy { get; private set; } = new();

    public IReadOnlyList<Explanation> Lines { get; private set; } = [];

    public IReadOnlyList<PluginLogEntry> Logs { get; private set; } = [];

    public IReadOnlyList<JobRecord> Jobs { get; private set; } = [];

    /// <summary>The version that a decision here is about: the one that waits, else the one that serves.</summary>
    public PackageVersion Reviewed => (Package.Waiting ?? Package.Active)!;

    public IReadOnlyList<Permission> Asked => Reviewed.Manifest.Permissions;

    public IReadOnlyList<string> AskedCapabilities => [.. Reviewed.Manifest.Capabilities.Required, .. Reviewed.Manifest.Capabilities.Optional];

    [TempData]
    public string? Notice { get; set; }

    /// <summary>Whether it is granted; while nobody has decided, nothing is ticked in advance.</summary>
    public bool IsTicked(Permission asked, string entry) => Policy.Grants.Any(g => g.Type == asked.Type && (g.Access & asked.Access) == asked.Access && g.Scope.Contains(entry));

    public async Task<IActionResult> OnGetAsync(string name)
    {
        var stop = HttpContext.RequestAborted;
        if (!(await packages.GetAsync(User.Operator(), name, stop)).TryGetValue(out var package, out _) || (package.Waiting ?? package.Active) is null) return NotFound();
        Package = package;
        if ((await packages.ExplainAsync(User.Operator(), name, stop)).TryGetValue(out var report, out _)) (Policy, Lines) = (report.Policy, report.Lines);
        Logs = insight.Logs(User.Operator(), name, LogSeverity.Debug, LogLines).Value;
        Jobs = (await jobs.ListAsync(User.Operator(), name, stop)).TryGetValue(out var found, out _) ? found : [];
        return Page();
    }

    public async Task<IActionResult> OnPostApproveAsync(string name, string? digest, string[] grants, string[] capabilities)
    {
        if (await OnGetAsync(name) is NotFoundResult missing) return missing;
        var granted = Explain.Granted(Asked, grants);
        var policy = Policy with { Status = Explain.Status(Asked, granted), Grants = granted, Capabilities = capabilities };
        return Done(name, await packages.SetPolicyAsync(User.Operator(), name, policy, digest ?? "", HttpContext.RequestAborted), p => $"{p.Status}; in force for every host call from now on.");
    }

    public async Task<IActionResult> OnPostBlockAsync(string name, string? digest) =>
        Done(name, await packages.SetPolicyAsync(User.Operator(), name, new PluginPolicy { Status = PolicyStatus.Blocked }, digest ?? "", HttpContext.RequestAborted), _ => "Blocked.");

    public async Task<IActionResult> OnPostEnableAsync(string name) =>
        Done(name, await packages.EnableAsync(User.Operator(), name, true, HttpContext.RequestAborted), _ => "Enabled.");

    public async Task<IActionResult> OnPostDisableAsync(string name) =>
        Done(name, await packages.EnableAsync(User.Operator(), name, false, HttpContext.RequestAborted), _ => "Disabled; all that it contributed is gone.");

    public async Task<IActionResult> OnPostRollbackAsync(string name) =>
        Done(name, await packages.RollbackAsync(User.Operator(), name, cancellationToken: HttpContext.RequestAborted), p => $"{p.Active!.Version} serves again.");

    public async Task<IActionResult> OnPostRunAsync(string name, string? job) =>
        Done(name, await jobs.RunNowAsync(User.Operator(), name, job ?? "", HttpContext.RequestAborted), r => $"Run {r.Id} of {r.Job} has begun.");

    public async Task<IActionResult> OnPostUninstallAsync(string name)
    {
        var result = await packages.UninstallAsync(User.Operator(), name, cancellationToken: HttpContext.RequestAborted);
        if (result.Error is not null) return Done(name, result, _ => "");
        Notice = $"{name} is gone; its own values are kept for 30 days.";
        return LocalRedirect("/plugins");
    }

    private LocalRedirectResult Done<T>(string name, Result<T> result, Func<T, string> words)
    {
        Notice = result.TryGetValue(out var value, out var error) ? words(value) : Explain.Error(error);
        return LocalRedirect($"/plugins/{Uri.EscapeDataString(name)}");
    }
}
