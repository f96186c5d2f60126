using System.Formats.Tar;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Audit;
using Paddock.Backup;
using Paddock.Store;

namespace Paddock;

/// <summary>Copies a data directory into one file, also while a server runs on it.</summary>
public static class StoreBackup
{
    private const int Attempts = 3;

    /// <summary>
    /// Makes a backup: the database as of one commit, and the files of its packages. Keys are not in it, so no secret and no recorded
    /// call can be read from it. What is written appears under its name whole or not at all.
    /// </summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="file">The backup to write (0600). Must not be there.</param>
    /// <param name="keysFile">Where to write the keys (0600), apart from the backup; null to leave them out. Must not be there.</param>
    /// <param name="clock">Says when.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    /// <exception cref="StoreException">There is no store, it is damaged, or a file is there already.</exception>
    public static BackupReport Create(string dataDirectory, string file, string? keysFile, TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataDirectory);
        string target = Path.GetFullPath(file);
        string? keys = keysFile is null ? null : Path.GetFullPath(keysFile);
        foreach (string? path in (string?[])[target, keys])
            if (Path.Exists(path)) throw new StoreException($"{path} is there already. Choose another name; a backup never overwrites.");
        if (target == keys) throw new StoreException("The keys belong in another file than the backup, and are best kept elsewhere.");
        string copy = target + ".partial-db";
        string partial = target + ".partial";
        try
        {
            var bundle = KeyBundle.Of(dataDirectory);
            var (manifest, head) = Collect(dataDirectory, copy, bundle, clock ?? TimeProvider.System, cancellationToken);
            Write(partial, manifest, bundle, dataDirectory, copy, cancellationToken);
            // The keys first: a backup that is there has its keys there.
            if (keys is not null) bundle.Write(keys);
            File.Move(partial, target);
            return new BackupReport(target, new FileInfo(target).Length, manifest.Files.Count(f => f.IsBlob), head, keys);
        }
        finally
        {
            File.Delete(copy);
            File.Delete(partial);
        }
    }

    // A package that is purged between the copy of the database and that of its files is gone for good: the next copy knows.
    private static (BackupManifest Manifest, AuditHead? Head) Collect(string dataDirectory, string copy, KeyBundle keys, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CopyDatabase(dataDirectory, copy);
            var (hashes, version, head) = Contents(copy, keys);
            var files = hashes.Select(hash => new FileInfo(Path.Combine(dataDirectory, BackupFile.BlobFolder, hash))).ToArray();
            if (Array.Find(files, f => !f.Exists) is not { } missing)
            {
                var manifest = new BackupManifest
                {
                    CreatedAt = clock.GetUtcNow(),
                    SchemaVersion = version,
                    Files = [new BackupFile(DataDirectory.DatabaseName, HashOf(copy), new FileInfo(copy).Length), .. files.Select(f => new BackupFile(BackupFile.BlobFolder + f.Name, f.Name, f.Length))],
                };
                return (manifest, head);
            }

            if (attempt == Attempts) throw new StoreException($"{missing.FullName}, a file of an installed package, is missing. Install that package again, then repeat the backup.");
        }
    }

    private static void CopyDatabase(string dataDirectory, string copy)
    {
        File.Delete(copy);
        new FileStream(copy, PrivateFile.Options(FileMode.CreateNew, FileAccess.Write)).Dispose();
        using var source = StoreReader.Open(dataDirectory);
        using var target = Open(copy);
        try
        {
            source.BackupDatabase(target);
            // One file, without a journal beside it.
            target.Execute("PRAGMA journal_mode = DELETE");
            if (target.ExecuteScalar<string>("PRAGMA integrity_check") != "ok") throw new StoreException("The database is damaged; nothing was backed up. Restore an older backup.");
        }
        catch (SqliteException e)
        {
            throw new StoreException("The database cannot be copied: it is damaged, or the disk is full.", e);
        }
    }

    private static (IReadOnlyList<string> Hashes, int Version, AuditHead? Head) Contents(string copy, KeyBundle keys)
    {
        using var connection = Open(copy);
        var hashes = StoreContents.Blobs(connection);
        byte[]? end = connection.QuerySingleOrDefault<byte[]>("SELECT value FROM meta WHERE key = @HeadKey", new { AuditVerifier.HeadKey });
        var head = end is null || keys.Audit is not { } key ? null : new AuditChain(key).Open(AuditVerifier.HeadKey, end);
        return (hashes, connection.ExecuteScalar<int>("PRAGMA user_version"), head is null ? null : new AuditHead(head.Seq, Convert.ToHexStringLower(head.Mac)));
    }

    private static void Write(string partial, BackupManifest manifest, KeyBundle keys, string dataDirectory, string copy, CancellationToken cancellationToken)
    {
        byte[] json = manifest.ToJson();
        using var stream = new FileStream(partial, PrivateFile.Options(FileMode.Create, FileAccess.ReadWrite));
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            Add(tar, BackupManifest.EntryName, new MemoryStream(json));
            if (keys.Audit is { } key) Add(tar, BackupManifest.MacEntryName, new MemoryStream(BackupManifest.Mac(json, key)));
            foreach (var file in manifest.Files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var content = File.OpenRead(file.IsBlob ? Path.Combine(dataDirectory, file.Path) : copy);
                if (Convert.ToHexStringLower(SHA256.HashData(content)) != file.Sha256)
                    throw new StoreException($"{content.Name}, a file of an installed package, is damaged. Install that package again, then repeat the backup.");
                content.Position = 0;
                Add(tar, file.Path, content);
            }
        }

        stream.Flush(flushToDisk: true);
    }

    private static void Add(TarWriter tar, string name, Stream content) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite });

    private static string HashOf(string path)
    {
        using var content = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
