using System.Security.Cryptography;
using Paddock.Audit;
using Paddock.Backup;
using Paddock.Store;

namespace Paddock;

/// <summary>Makes a data directory of a backup.</summary>
public static class StoreRestore
{
    private const UnixFileMode OwnerDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// Restores a backup into a directory that is empty or not there. Every digest, the database and, with its keys, the audit and the
    /// backup's own seal are verified beside it first; then the directory appears at once. What fails, or is killed, leaves it as it was.
    /// </summary>
    /// <param name="file">The backup.</param>
    /// <param name="dataDirectory">The data directory to make.</param>
    /// <param name="keysFile">The keys that were written with the backup. Null to do without: secrets and recorded calls are gone then, and the audit begins anew.</param>
    /// <param name="acceptBrokenAudit">Whether to restore although the audit in the backup does not verify. It will go on failing.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    /// <exception cref="StoreException">The directory is not empty, or something does not verify; the message says what.</exception>
    public static RestoreReport Restore(string file, string dataDirectory, string? keysFile, bool acceptBrokenAudit = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataDirectory));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new StoreException($"{target} is not empty. A restore overwrites nothing: name another directory with --data, or move this one away.");
        var keys = keysFile is null ? null : KeyBundle.Read(keysFile);
        string beside = $"{target}.restoring-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        MakePrivately(beside);
        try
        {
            using var restoring = new RestoringStore(beside, keys);
            var manifest = restoring.Unpack(file, cancellationToken);
            var report = restoring.Verify(manifest, acceptBrokenAudit, cancellationToken) with { DataDirectory = target };
            cancellationToken.ThrowIfCancellationRequested();
            if (Directory.Exists(target)) Directory.Delete(target);
            Directory.Move(beside, target);
            return report;
        }
        finally
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        }
    }

    internal static void MakePrivately(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerDirectory);
    }
}
