using System.Text.Json;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock;

/// <summary>
/// The use cases around installed packages. Packages go by their name, which is unique in a tenant. Authors and operators install;
/// only operators approve, configure, replace, disable and remove. Codes of all of them: <c>PLUGIN_NOT_FOUND</c>, <c>FORBIDDEN</c>.
/// </summary>
public interface IPackageService
{
    /// <summary>Installed packages by name, with those that wait for review.</summary>
    ValueTask<Result<IReadOnlyList<PackageRecord>>> ListAsync(Principal principal, CancellationToken cancellationToken = default);

    /// <summary>One package.</summary>
    ValueTask<Result<PackageRecord>> GetAsync(Principal principal, string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Verifies a package, reads its registration under a channel that refuses everything, and stores it. A new name waits for review; a
    /// new version of an installed one replaces it at once where consent covers it (the same trusted key, no more permissions), and
    /// otherwise waits while the old one serves. Nothing is stored when anything stands against it. Codes: findings, <c>PLUGIN_QUOTA</c>,
    /// <c>DOWNGRADE_REFUSED</c>, <c>SAFE_MODE</c> is none: installing works in safe mode, running does not.
    /// </summary>
    ValueTask<Result<InstallOutcome>> InstallAsync(Principal principal, PackageSource source, CancellationToken cancellationToken = default);

    /// <summary>Sets the policy of a package, and thereby approves, restricts or blocks it. In force for every host call that begins after this has answered.</summary>
    /// <param name="principal">An operator.</param>
    /// <param name="name">The package.</param>
    /// <param name="policy">The policy as a whole.</param>
    /// <param name="reviewedDigest">Digest of the version that was reviewed: the waiting one, or the active one. Another is <c>REVIEW_STALE</c>: the code changed between display and approval.</param>
    /// <param name="cancellationToken">Takes it back while it has not begun.</param>
    ValueTask<Result<PackageRecord>> SetPolicyAsync(Principal principal, string name, PluginPolicy policy, string reviewedDigest, CancellationToken cancellationToken = default);

    /// <summary>The policy of a package and, for each permission, capability and limit: who asked, who granted, and why not.</summary>
    ValueTask<Result<PolicyReport>> ExplainAsync(Principal principal, string name, CancellationToken cancellationToken = default);

    /// <summary>Brings back a version that was active before. Codes: <c>VERSION_NOT_FOUND</c>, <c>PACKAGE_REVOKED</c>.</summary>
    /// <param name="principal">An operator.</param>
    /// <param name="name">The package.</param>
    /// <param name="digest">Which; null for the highest version below the one that serves.</param>
    /// <param name="cancellationToken">Takes it back while it has not begun.</param>
    ValueTask<Result<PackageRecord>> RollbackAsync(Principal principal, string name, string? digest = null, CancellationToken cancellationToken = default);

    /// <summary>Lets a package run, also out of quarantine, or stops it and takes away all that it contributes. Persisted.</summary>
    ValueTask<Result<PackageRecord>> EnableAsync(Principal principal, string name, bool enabled, CancellationToken cancellationToken = default);

    /// <summary>Removes a package. Its values are kept for 30 days, for whoever installs the name with the same publisher's key; policy, secrets and config go at once.</summary>
    /// <param name="principal">An operator.</param>
    /// <param name="name">The package.</param>
    /// <param name="purge">Whether its values go at once too.</param>
    /// <param name="cancellationToken">Takes it back while it has not begun.</param>
    ValueTask<Result<PackageRecord>> UninstallAsync(Principal principal, string name, bool purge = false, CancellationToken cancellationToken = default);

    /// <summary>Sets the config of the active version (of the waiting one where none is active). Codes: findings of its schema.</summary>
    ValueTask<Result<PackageRecord>> ConfigureAsync(Principal principal, string name, JsonElement config, CancellationToken cancellationToken = default);

    /// <summary>The config in force, with its schema's defaults, and the schema for a form; null where there is none.</summary>
    ValueTask<Result<PackageConfig>> GetConfigAsync(Principal principal, string name, CancellationToken cancellationToken = default);

    /// <summary>Sets a secret that the manifest names, or removes it with null. It can never be read back.</summary>
    ValueTask<Result<PackageRecord>> SetSecretAsync(Principal principal, string name, string secret, string? value, CancellationToken cancellationToken = default);

    /// <summary>Revokes a package by digest, wherever it is or will be installed: it stops at once and never runs again.</summary>
    ValueTask<Result<bool>> RevokeAsync(Principal principal, string digest, string reason, CancellationToken cancellationToken = default);

    /// <summary>What the plugin used, and the least policy that covers it. Meant for after an observation.</summary>
    ValueTask<Result<PluginPolicy>> ProposeAsync(Principal principal, string name, CancellationToken cancellationToken = default);
}

/// <summary>What came of installing.</summary>
/// <param name="Package">The package as it stands now.</param>
/// <param name="Digest">Digest of what was installed.</param>
/// <param name="Active">Whether it serves already; false while it waits for review.</param>
/// <param name="Findings">Warnings, and why it waits.</param>
public sealed record InstallOutcome(PackageRecord Package, string Digest, bool Active, IReadOnlyList<Finding> Findings);

/// <summary>A policy and what it comes to.</summary>
/// <param name="Policy">The policy as it was set.</param>
/// <param name="Digest">Digest of the version it is explained for.</param>
/// <param name="Lines">For each permission, capability and limit: who asked, who granted, and why not.</param>
public sealed record PolicyReport(PluginPolicy Policy, string Digest, IReadOnlyList<Explanation> Lines);

/// <summary>A config and its schema.</summary>
/// <param name="Config">The config with defaults; null where the package takes none.</param>
/// <param name="Schema">The package's schema as it is; null for none.</param>
public sealed record PackageConfig(JsonElement? Config, JsonElement? Schema);
