using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Paddock.Sandbox.Container.Engine;

namespace Paddock.Sandbox.Container.Running;

/// <summary>This run of a host, as long as it lives: a locked file that the kernel unlocks when the process is gone, whatever ended it.</summary>
internal sealed class HostLease : IDisposable
{
    private const string Extension = ".host";
    private const string Egress = "egress-";
    private const int IdBytes = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly string _directory;
    private readonly FileStream _lock;

    private HostLease(string directory, string store)
    {
        _directory = directory;
        Store = store;
        Host = "";
        // It is there a moment before it is locked, and another host's sweep can lock it then: that one takes it for a dead host's, and removes it.
        _lock = Exclusively(() =>
        {
            Host = NewId();
            return new FileStream(PathOf(Host), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        });
    }

    /// <summary>Which state directory this is; the same for all hosts that share it, now and later.</summary>
    internal string Store { get; }

    /// <summary>Which run of a host this is.</summary>
    internal string Host { get; private set; }

    internal static HostLease Take(string directory)
    {
        PrivateFiles.MakeDirectory(directory);
        return new HostLease(directory, ReadOrMakeStore(Path.Combine(directory, "store")));
    }

    /// <summary>The labels of what this host makes.</summary>
    internal Dictionary<string, string> Labels(string package) => new()
    {
        [Running.Labels.Store] = Store,
        [Running.Labels.Host] = Host,
        [Running.Labels.Package] = package,
    };

    /// <summary>Where this host keeps what an installation needs while it runs. Short, for a socket is in it.</summary>
    internal string NewDirectory() => Path.Combine(_directory, $"{Egress}{Host}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");

    /// <summary>Whether what has these labels is of a host that still runs.</summary>
    internal bool IsOfLivingHost(IReadOnlyDictionary<string, string>? labels) => labels?.GetValueOrDefault(Running.Labels.Host) is { } host && IsAlive(host);

    /// <summary>Kills and removes every container of a host of this store that is gone, and the files it left.</summary>
    internal async Task SweepAsync(EngineClient client, Action<string>? report, CancellationToken cancellationToken)
    {
        foreach (var container in await client.ContainersAsync($"{Running.Labels.Store}={Store}", cancellationToken).ConfigureAwait(false))
        {
            if (IsOfLivingHost(container.Labels)) continue;
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

        foreach (string left in Directory.EnumerateDirectories(_directory, $"{Egress}*"))
        {
            if (!IsAlive(Path.GetFileName(left)[Egress.Length..].Split('-')[0])) RemoveDirectory(left);
        }

        // To look whether it is locked removes it where it is not.
        foreach (string host in Directory.EnumerateFiles(_directory, $"*{Extension}")) IsAlive(Path.GetFileNameWithoutExtension(host));
    }

    public void Dispose() => _lock.Dispose();

    // Of hosts that start at once one makes the id: whoever reads it has the file for itself. A host that died while it wrote left less than an id, which nobody has read.
    private static string ReadOrMakeStore(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = Exclusively(() => new FileStream(path, options));
        byte[] text = new byte[IdBytes * 2];
        if (file.Length < text.Length)
        {
            file.Write(Encoding.ASCII.GetBytes(NewId()));
            file.Flush(flushToDisk: true);
            file.Position = 0;
        }

        file.ReadExactly(text);
        string store = Encoding.ASCII.GetString(text);
        return IsId(store) ? store : throw new InvalidDataException($"{path} holds no id; remove it.");
    }

    private static void RemoveDirectory(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another host that starts just now was faster.
        }
    }

    private static FileStream Exclusively(Func<FileStream> open)
    {
        for (long start = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return open();
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException) && Stopwatch.GetElapsedTime(start) < Patience)
            {
                Thread.Sleep(Pause);
            }
        }
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    /// <summary>Whether that run of a host still lives.</summary>
    internal bool IsAlive(string host)
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
