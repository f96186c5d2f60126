using System.Security.Cryptography;
using Paddock.Sandbox.Container.Engine;

namespace Paddock.Sandbox.Container.Running;

/// <summary>This run of a host, as long as it lives: a locked file that the kernel unlocks when the process is gone, whatever ended it.</summary>
internal sealed class HostLease : IDisposable
{
    private const string Extension = ".host";
    private const int IdBytes = 8;
    private readonly string _directory;
    private readonly FileStream _lock;

    private HostLease(string directory, string store)
    {
        _directory = directory;
        Store = store;
        Host = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        _lock = new FileStream(PathOf(Host), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    /// <summary>Which state directory this is; the same for all hosts that share it, now and later.</summary>
    internal string Store { get; }

    /// <summary>Which run of a host this is.</summary>
    internal string Host { get; }

    internal static HostLease Take(string directory)
    {
        PrivateFiles.MakeDirectory(directory);
        string path = Path.Combine(directory, "store");
        if (!File.Exists(path)) PrivateFiles.Write(path, System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))));
        string store = File.ReadAllText(path).Trim();
        return IsId(store) ? new HostLease(directory, store) : throw new InvalidDataException($"{path} holds no id; remove it.");
    }

    /// <summary>The labels of what this host makes.</summary>
    internal Dictionary<string, string> Labels(string package) => new()
    {
        [Running.Labels.Store] = Store,
        [Running.Labels.Host] = Host,
        [Running.Labels.Package] = package,
    };

    /// <summary>Kills and removes every container of a host of this store that is gone.</summary>
    internal async Task SweepAsync(EngineClient client, Action<string>? report, CancellationToken cancellationToken)
    {
        foreach (var container in await client.ContainersAsync($"{Running.Labels.Store}={Store}", cancellationToken).ConfigureAwait(false))
        {
            if (container.Labels?.GetValueOrDefault(Running.Labels.Host) is { } host && IsAlive(host)) continue;
            try
            {
                await client.RemoveAsync(container.Id ?? "", cancellationToken).ConfigureAwait(false);
            }
            catch (EngineException e)
            {
                // The next sweep meets it again; it is no reason for this host not to start.
                report?.Invoke(e.Message);
            }
        }
    }

    public void Dispose() => _lock.Dispose();

    private bool IsAlive(string host)
    {
        if (host == Host) return true;
        // SECURITY: a label is whatever somebody wrote; only an id becomes a part of a path.
        if (!IsId(host)) return false;
        try
        {
            using var file = new FileStream(PathOf(host), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private string PathOf(string host) => Path.Combine(_directory, host + Extension);

    private static bool IsId(string text) => text.Length == IdBytes * 2 && text.All(char.IsAsciiHexDigitLower);
}
