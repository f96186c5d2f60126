using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Paddock.Packages;
using Paddock.Packaging;

namespace Paddock.Lifecycle;

/// <summary>
/// Keeps the installed packages in step with a directory: each entry of it is a package (a file or a directory). An entry is read when
/// nothing has touched it for a while, taken only if nothing touched it meanwhile, and installed like any other: verified, reviewed.
/// </summary>
internal sealed class PackagesDirectory(PackageInstaller installer, PackageSources sources, PaddockOptions options, TimeProvider clock, ILoggerFactory loggers) : BackgroundService
{
    // No name of an entry.
    private const string Everything = "/";

    private readonly ILogger _logger = loggers.CreateLogger("Paddock.Lifecycle");
    private readonly Channel<string> _settled = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, ITimer> _waiting = new(StringComparer.Ordinal);

    // Not an author of the host's: what lies in the directory can replace what came from it, and nothing else.
    private static Principal Owner { get; } = new(Principal.DefaultTenant, "packages-directory", PrincipalRole.Author);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.PackagesDirectory is not { } configured) return;
        string root = Path.GetFullPath(configured);
        Directory.CreateDirectory(root);
        using var watcher = Watch(root);
        Rescan(root);
        try
        {
            await foreach (string entry in _settled.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false)) await HandleAsync(root, entry, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }

        foreach (var timer in _waiting.Values) await timer.DisposeAsync().ConfigureAwait(false);
    }

    private FileSystemWatcher Watch(string root)
    {
        var watcher = new FileSystemWatcher(root)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        watcher.Created += (_, e) => Touched(root, e.FullPath);
        watcher.Changed += (_, e) => Touched(root, e.FullPath);
        watcher.Deleted += (_, e) => Touched(root, e.FullPath);
        watcher.Renamed += (_, e) =>
        {
            Touched(root, e.OldFullPath);
            Touched(root, e.FullPath);
        };
        // More happened than could be told: look at everything.
        watcher.Error += (_, _) => _settled.Writer.TryWrite(Everything);
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private void Rescan(string root)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(root)) Touched(root, path);
        foreach (string entry in sources.Entries(Owner.Tenant)) Touched(root, Path.Combine(root, entry));
    }

    private void Touched(string root, string path)
    {
        string entry = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar)[0];
        if (entry is "" or "." or ".." || entry.StartsWith('.')) return;
        var timer = _waiting.GetOrAdd(entry, e => clock.CreateTimer(Settled, e, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        timer.Change(options.PackagesDebounce, Timeout.InfiniteTimeSpan);
    }

    private void Settled(object? entry) => _settled.Writer.TryWrite((string)entry!);

    private async Task HandleAsync(string root, string entry, CancellationToken cancellationToken)
    {
        string path = Path.Combine(root, entry);
        try
        {
            if (entry == Everything)
            {
                Rescan(root);
                return;
            }

            var before = EntryFingerprint.Of(path);
            if (before is null)
            {
                await sources.GoneAsync(Owner, entry, cancellationToken).ConfigureAwait(false);
                return;
            }

            await InstallAsync(root, entry, path, before, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, it is about this entry: the others, and the host, go on. It is looked at again when somebody touches it.
            LifecycleLog.DirectoryFailed(_logger, entry, e);
        }
    }

    private async Task InstallAsync(string root, string entry, string path, string before, CancellationToken cancellationToken)
    {
        var source = Directory.Exists(path) ? PackageSource.FromDirectory(path) : PackageSource.FromFile(path);
        var result = await installer.InstallAsync(Owner, source, entry, () => before.Equals(EntryFingerprint.Of(path)), cancellationToken).ConfigureAwait(false);
        if (result.TryGetValue(out var done, out var error))
        {
            await sources.BackAsync(Owner, entry, done.Name, cancellationToken).ConfigureAwait(false);
            LifecycleLog.DirectoryInstalled(_logger, entry, done.Name, done.Active ? "it serves" : "it waits for review");
        }
        else if (error.Code == ServiceErrorCodes.PluginChanged)
        {
            Touched(root, path);
        }
        else
        {
            LifecycleLog.DirectoryRefused(_logger, entry, error.Code, error.Message);
        }
    }
}
