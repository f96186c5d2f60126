using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Cli;

/// <summary>A data directory, by the services themselves.</summary>
internal sealed class LocalLink(LocalHost host) : IHostLink
{
    private IPackageService Packages => host.Services.GetRequiredService<IPackageService>();

    private IReplayService Replays => host.Services.GetRequiredService<IReplayService>();

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

    // No plugin serves here, so no job has a next run: what is listed is what would run on a server.
    public async Task<IReadOnlyList<JobView>> JobsAsync(string? plugin, CancellationToken cancellationToken)
    {
        var last = host.Services.GetRequiredService<IJobRunStore>().Newest(host.User.Tenant).ToDictionary(run => (run.Plugin, run.Job));
        return [.. Value(await Packages.ListAsync(host.User, cancellationToken))
            .Where(p => (plugin is null || p.Name == plugin) && p is { Enabled: true, Active: not null, Quarantine: null, Status: PolicyStatus.Approved or PolicyStatus.Restricted })
            .SelectMany(p => p.Active!.Registration.Jobs, (p, j) => new JobView(p.Name, j.Id, j.Schedule, j.TimeZone, j.Enabled, null, last.TryGetValue((p.Name, j.Id), out var run) ? View(run) : null))];
    }

    public Task<JobRunView> RunJobAsync(string plugin, string job, CancellationToken cancellationToken) =>
        throw new CommandException("Jobs run on a running server: name it with --url.");

    public async Task<IReadOnlyList<JobRunView>> JobHistoryAsync(string? plugin, string? job, int limit, CancellationToken cancellationToken) =>
        [.. Value(await host.Services.GetRequiredService<IJobs>().HistoryAsync(host.User, plugin, job, limit, cancellationToken)).Select(View)];

    public async Task<ConsentView> RecordAsync(string plugin, int hours, CancellationToken cancellationToken)
    {
        var consent = Value(await Replays.EnableAsync(host.User, plugin, TimeSpan.FromHours(Math.Clamp(hours, 0, 1000)), cancellationToken));
        return new ConsentView(consent.PluginId, consent.ExpiresAt);
    }

    public async Task<int> StopRecordingAsync(string plugin, bool purge, CancellationToken cancellationToken) => Value(await Replays.DisableAsync(host.User, plugin, purge, cancellationToken));

    public async Task<IReadOnlyList<RecordingView>> RecordingsAsync(string? plugin, CancellationToken cancellationToken) =>
        [.. Value(await Replays.ListAsync(host.User, plugin, 200, cancellationToken)).Select(r => new RecordingView(r.Id, r.PluginId, r.At, RunOutput.Of(r.Status), r.Bytes))];

    public async Task<ReplayView> ReplayAsync(string id, CancellationToken cancellationToken)
    {
        var outcome = Value(await Replays.ReplayAsync(host.User, id, cancellationToken));
        return new ReplayView(outcome.Replayed, outcome.Divergence, outcome.OwnSources);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static T Value<T>(Result<T> result) => result.TryGetValue(out var value, out var error) ? value : throw new RefusedException(error.Code, error.Message, error.Findings);

    private static PackageView View(PackageRecord p) => new(p.Name, Status(p.Status), p.Enabled, p.Quarantine, View(p.Active), View(p.Waiting));

    private static VersionView? View(PackageVersion? version) => version is null ? null : new(version.Version, version.Digest);

    private static KeyView View(TrustedKeyRecord key) => new(key.Id, key.Publisher, key.ValidUntil, key.RevokedAt);

    private static JobRunView View(JobRunRecord r) => new(r.Id, r.Plugin, r.Job, r.Actor, r.ScheduledAt, r.Duration?.TotalMilliseconds, Lower(r.Outcome), r.Code, r.Message, r.ExecutionId);

    private static string Status(PolicyStatus status) => status == PolicyStatus.PendingReview ? "pending_review" : Lower(status);

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
