using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Cli;

/// <summary>A data directory, by the services themselves.</summary>
internal sealed class LocalLink(LocalHost host) : IHostLink
{
    private IPackageService Packages => host.Services.GetRequiredService<IPackageService>();

    private ITrustService Trust => host.Services.GetRequiredService<ITrustService>();

    public async Task<IReadOnlyList<PackageView>> ListAsync(CancellationToken cancellationToken) => [.. Value(await Packages.ListAsync(host.User, cancellationToken)).Select(View)];

    public async Task<InstallView> InstallAsync(string fileName, byte[] content, CancellationToken cancellationToken)
    {
        var done = Value(await Packages.InstallAsync(host.User, PackageSource.FromBytes(fileName, content), cancellationToken));
        return new InstallView(View(done.Package), done.Digest, done.Active, done.Findings);
    }

    public async Task<PolicyView> PolicyAsync(string name, CancellationToken cancellationToken)
    {
        var report = Value(await Packages.ExplainAsync(host.User, name, cancellationToken));
        return new PolicyView(JsonElement.Parse(PolicyJson.Write(report.Policy)), report.Digest,
            [.. report.Lines.Select(l => new PolicyLineView(Lower(l.Kind), l.Subject, l.Asked, l.Granted, l.Effective, l.WhyNot))]);
    }

    public async Task<PackageView> SetPolicyAsync(string name, JsonElement policy, string reviewedDigest, CancellationToken cancellationToken)
    {
        var read = PolicyJson.Read(System.Text.Encoding.UTF8.GetBytes(policy.GetRawText()));
        if (read.Policy is not { } terms) throw new RefusedException("POLICY_INVALID", "The policy is not valid.", read.Findings);
        return View(Value(await Packages.SetPolicyAsync(host.User, name, terms, reviewedDigest, cancellationToken)));
    }

    public async Task<JsonElement> ProposeAsync(string name, CancellationToken cancellationToken) =>
        JsonElement.Parse(PolicyJson.Write(Value(await Packages.ProposeAsync(host.User, name, cancellationToken))));

    public async Task<PackageView> EnableAsync(string name, bool enabled, CancellationToken cancellationToken) => View(Value(await Packages.EnableAsync(host.User, name, enabled, cancellationToken)));

    public async Task<PackageView> RollbackAsync(string name, string? digest, CancellationToken cancellationToken) => View(Value(await Packages.RollbackAsync(host.User, name, digest, cancellationToken)));

    public async Task<PackageView> UninstallAsync(string name, bool purge, CancellationToken cancellationToken) => View(Value(await Packages.UninstallAsync(host.User, name, purge, cancellationToken)));

    public async Task<ConfigView> ConfigAsync(string name, CancellationToken cancellationToken)
    {
        var config = Value(await Packages.GetConfigAsync(host.User, name, cancellationToken));
        return new ConfigView(config.Config, config.Schema);
    }

    public async Task<PackageView> SetConfigAsync(string name, JsonElement config, CancellationToken cancellationToken) => View(Value(await Packages.ConfigureAsync(host.User, name, config, cancellationToken)));

    public async Task<PackageView> SetSecretAsync(string name, string secret, string? value, CancellationToken cancellationToken) =>
        View(Value(await Packages.SetSecretAsync(host.User, name, secret, value, cancellationToken)));

    public Task<IReadOnlyList<LogView>> LogsAsync(string? plugin, string level, int limit, CancellationToken cancellationToken) =>
        throw new CommandException("Logs of plugins are in the memory of a running server: name it with --url. What is kept of each call is in its executions.");

    public async Task<IReadOnlyList<KeyView>> KeysAsync(CancellationToken cancellationToken) => [.. Value(await Trust.ListAsync(host.User, cancellationToken)).Select(View)];

    public async Task<KeyView> TrustAsync(string publicKeyPem, string publisher, CancellationToken cancellationToken) =>
        View(Value(await Trust.TrustAsync(host.User, publicKeyPem, publisher, cancellationToken: cancellationToken)));

    public async Task<KeyView> RevokeKeyAsync(string id, CancellationToken cancellationToken) => View(Value(await Trust.RevokeAsync(host.User, id, cancellationToken)));

    public async Task RevokePackageAsync(string digest, string reason, CancellationToken cancellationToken) => Value(await Packages.RevokeAsync(host.User, digest, reason, cancellationToken));

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static T Value<T>(Result<T> result) => result.TryGetValue(out var value, out var error) ? value : throw new RefusedException(error.Code, error.Message, error.Findings);

    private static PackageView View(PackageRecord p) => new(p.Name, Status(p.Status), p.Enabled, p.Quarantine, View(p.Active), View(p.Waiting));

    private static VersionView? View(PackageVersion? version) => version is null ? null : new(version.Version, version.Digest);

    private static KeyView View(TrustedKeyRecord key) => new(key.Id, key.Publisher, key.ValidUntil, key.RevokedAt);

    private static string Status(PolicyStatus status) => status == PolicyStatus.PendingReview ? "pending_review" : Lower(status);

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
