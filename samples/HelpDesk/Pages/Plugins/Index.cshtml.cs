using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Paddock.Packaging;
using Paddock.Samples.HelpDesk.Accounts;

namespace Paddock.Samples.HelpDesk.Pages.Plugins;

[RequestSizeLimit(64 << 20)]
internal sealed class IndexModel(IPackageService packages, ITrustService trust, IPluginInsight insight) : PageModel
{
    private IReadOnlyList<TrustedKeyRecord> _keys = [];

    public IReadOnlyList<PackageRecord> Packages { get; private set; } = [];

    public IReadOnlyDictionary<string, PluginStatistics> Statistics { get; private set; } = new Dictionary<string, PluginStatistics>();

    [TempData]
    public string? Notice { get; set; }

    public async Task OnGetAsync()
    {
        Packages = (await packages.ListAsync(User.Operator(), HttpContext.RequestAborted)).Value;
        Statistics = insight.Statistics(User.Operator()).Value;
        _keys = (await trust.ListAsync(User.Operator(), HttpContext.RequestAborted)).Value;
    }

    /// <summary>Whose signature a version has.</summary>
    public string Publisher(PackageVersion? version) => version?.Publisher is { } key
        ? $"{_keys.FirstOrDefault(k => k.Id == key)?.Publisher ?? key[..12]} ({version.Signature})"
        : "nobody";

    public async Task<IActionResult> OnPostInstallAsync(IFormFile? package)
    {
        if (package is null) return BadRequest();
        using var content = new MemoryStream();
        await package.CopyToAsync(content, HttpContext.RequestAborted);
        var result = await packages.InstallAsync(User.Operator(), PackageSource.FromBytes(package.FileName, content.ToArray()), HttpContext.RequestAborted);
        if (!result.TryGetValue(out var outcome, out var error))
        {
            Notice = Explain.Error(error);
            return LocalRedirect("/plugins");
        }

        Notice = outcome.Active ? $"{outcome.Package.Name} {outcome.Package.Active!.Version} serves now." : $"{outcome.Package.Name} is installed and waits for review. Nothing of it runs.";
        return LocalRedirect($"/plugins/{outcome.Package.Name}");
    }

    public async Task<IActionResult> OnPostTrustAsync(string? publisher, string? key)
    {
        var result = await trust.TrustAsync(User.Operator(), key ?? "", publisher ?? "", cancellationToken: HttpContext.RequestAborted);
        Notice = result.TryGetValue(out var trusted, out var error) ? $"Packages that {trusted.Publisher} signed are trusted." : Explain.Error(error);
        return LocalRedirect("/plugins");
    }
}
