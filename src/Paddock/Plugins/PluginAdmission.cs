using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Plugins;

/// <summary>The arrows from a draft to an admission, for drafts that somebody posts and for those that are stored.</summary>
internal sealed class PluginAdmission(PackageVerifier verifier, PaddockOptions options)
{
    private readonly PluginPolicy _policy = PluginPolicy.ForAuthors with { LimitCeiling = options.Limits };
    private readonly PluginPolicy _containerPolicy = PluginPolicy.ForAuthors with { LimitCeiling = options.ContainerLimits };
    private readonly PolicyContext _context = new() { Isolation = options.Isolation };

    /// <summary>Everything that verification and policy find about a draft, and the admission if nothing stands against it.</summary>
    public async Task<(Admission? Admission, IReadOnlyList<Finding> Findings)> AdmitAsync(PluginDraft draft, CancellationToken cancellationToken)
    {
        var verification = await verifier.VerifyDraftAsync(draft, cancellationToken).ConfigureAwait(false);
        if (verification.Package is not { } package) return (null, verification.Findings);
        var admission = PolicyEngine.Decide(package, PolicyOf(package), _context);
        return (admission, [.. verification.Findings, .. admission.Findings]);
    }

    /// <summary>The admission of a stored plugin; null when its bytes are not those that were verified.</summary>
    // SECURITY: stored files rewritten between verification and call. The digest is taken again over what was read.
    public Admission? AdmitStored(PluginRow row) =>
        PackageVerifier.VerifyStored(Draft(row), row.Digest).Package is { } package ? PolicyEngine.Decide(package, PolicyOf(package), _context) : null;

    private PluginPolicy PolicyOf(VerifiedPackage package) => package.Manifest.Runtime == PluginRuntime.Container ? _containerPolicy : _policy;

    public static PluginDraft Draft(PluginRow row) => new()
    {
        Name = row.Name,
        Description = row.Description,
        Code = row.Code,
        EntryPoint = row.Entrypoint,
        Config = row.ConfigJson,
        Enabled = row.Enabled,
    };
}
