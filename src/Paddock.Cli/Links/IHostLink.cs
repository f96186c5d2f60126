using System.Text.Json;

namespace Paddock.Cli;

/// <summary>A host that the tool acts on: a running server over HTTP, or a data directory within this process. What is refused throws a <see cref="RefusedException"/>.</summary>
internal interface IHostLink : IAsyncDisposable
{
    Task<IReadOnlyList<PackageView>> ListAsync(CancellationToken cancellationToken);

    Task<InstallView> InstallAsync(string fileName, byte[] content, CancellationToken cancellationToken);

    Task<PolicyView> PolicyAsync(string name, CancellationToken cancellationToken);

    Task<PackageView> SetPolicyAsync(string name, JsonElement policy, string reviewedDigest, CancellationToken cancellationToken);

    Task<JsonElement> ProposeAsync(string name, CancellationToken cancellationToken);

    Task<PackageView> EnableAsync(string name, bool enabled, CancellationToken cancellationToken);

    Task<PackageView> RollbackAsync(string name, string? digest, CancellationToken cancellationToken);

    Task<PackageView> UninstallAsync(string name, bool purge, CancellationToken cancellationToken);

    Task<ConfigView> ConfigAsync(string name, CancellationToken cancellationToken);

    Task<PackageView> SetConfigAsync(string name, JsonElement config, CancellationToken cancellationToken);

    /// <summary>Sets a secret, or removes it with null.</summary>
    Task<PackageView> SetSecretAsync(string name, string secret, string? value, CancellationToken cancellationToken);

    Task<IReadOnlyList<LogView>> LogsAsync(string? plugin, string level, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<KeyView>> KeysAsync(CancellationToken cancellationToken);

    Task<KeyView> TrustAsync(string publicKeyPem, string publisher, CancellationToken cancellationToken);

    Task<KeyView> RevokeKeyAsync(string id, CancellationToken cancellationToken);

    Task RevokePackageAsync(string digest, string reason, CancellationToken cancellationToken);

    Task<IReadOnlyList<JobView>> JobsAsync(string? plugin, CancellationToken cancellationToken);

    /// <summary>Begins a run; what came of it is in the history.</summary>
    Task<JobRunView> RunJobAsync(string plugin, string job, CancellationToken cancellationToken);

    Task<IReadOnlyList<JobRunView>> JobHistoryAsync(string? plugin, string? job, int limit, CancellationToken cancellationToken);

    /// <summary>Records a plugin's calls; it is an id or the name of a package, as in all of these.</summary>
    Task<ConsentView> RecordAsync(string plugin, int hours, CancellationToken cancellationToken);

    /// <summary>Records no more calls of a plugin; answers how many recordings were removed.</summary>
    Task<int> StopRecordingAsync(string plugin, bool purge, CancellationToken cancellationToken);

    Task<IReadOnlyList<RecordingView>> RecordingsAsync(string? plugin, CancellationToken cancellationToken);

    Task<ReplayView> ReplayAsync(string id, CancellationToken cancellationToken);
}
