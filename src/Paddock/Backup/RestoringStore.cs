using System.Formats.Tar;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Audit;
using Paddock.HostApi.Databases;
using Paddock.Store;

namespace Paddock.Backup;

/// <summary>A data directory that is being made of a backup, where nobody looks for one yet.</summary>
internal sealed class RestoringStore(string directory, KeyBundle? keys) : IDisposable
{
    private readonly byte[] _buffer = new byte[1 << 20];
    private SqliteConnection? _connection;

    public void Dispose() => _connection?.Dispose();

    /// <summary>Writes the files of a backup, each held against its digest.</summary>
    public BackupManifest Unpack(string file, CancellationToken cancellationToken)
    {
        using var stream = File.OpenRead(file);
        using var tar = new TarReader(stream);
        try
        {
            var (manifest, entry) = ReadManifest(tar);
            foreach (var expected in manifest.Files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entry?.Name != expected.Path || entry.EntryType != TarEntryType.RegularFile || entry.Length != expected.Size) throw Damaged($"{expected.Path} is missing or of another size");
                Write(entry.DataStream ?? Stream.Null, expected);
                entry = tar.GetNextEntry();
            }

            return entry is null ? manifest : throw Damaged("it holds more than it says");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw Damaged("it is no backup, or is cut off", e);
        }
    }

    /// <summary>Verifies the database, its packages and its audit, and puts the keys beside them.</summary>
    public RestoreReport Verify(BackupManifest manifest, bool acceptBrokenAudit, CancellationToken cancellationToken)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, DataDirectory.DatabaseName), Pooling = false, ForeignKeys = true }.ToString());
        try
        {
            OpenChecked(_connection);
            var files = manifest.Files.Where(f => f.IsBlob).Select(f => f.Sha256).ToHashSet(StringComparer.Ordinal);
            if (StoreContents.Blobs(_connection).FirstOrDefault(hash => !files.Contains(hash)) is { } missing) throw Damaged($"the file {missing} of a package is missing");
            int lost = keys is null ? BeginWithoutKeys(_connection) : 0;
            var audit = keys is null ? null : VerifyAudit(_connection, keys, acceptBrokenAudit, cancellationToken);
            keys?.WriteInto(directory);
            return new RestoreReport(directory, manifest.CreatedAt, files.Count, audit, lost);
        }
        catch (SqliteException e)
        {
            throw Damaged("its database cannot be read", e);
        }
        finally
        {
            _connection.Dispose();
        }
    }

    private (BackupManifest Manifest, TarEntry? Next) ReadManifest(TarReader tar)
    {
        byte[] json = ReadWhole(tar.GetNextEntry(), BackupManifest.EntryName, BackupManifest.MostBytes) ?? throw Damaged("it does not begin with its manifest");
        var manifest = BackupManifest.Read(json) ?? throw Damaged("its manifest is of another format, or damaged");
        var entry = tar.GetNextEntry();
        byte[]? mac = ReadWhole(entry, BackupManifest.MacEntryName, SHA256.HashSizeInBytes);
        if (mac is not null) entry = tar.GetNextEntry();
        // SECURITY: a backup changed where it was kept, with digests that fit, or with its seal taken away.
        if (keys?.Audit is { } key && !(mac is not null && CryptographicOperations.FixedTimeEquals(mac, BackupManifest.Mac(json, key))))
            throw Damaged("it was not sealed with these keys: they belong to another backup, or it was changed");
        return (manifest, entry);
    }

    private static byte[]? ReadWhole(TarEntry? entry, string name, int most)
    {
        if (entry is not { EntryType: TarEntryType.RegularFile } || entry.Name != name || entry.Length > most) return null;
        using var content = new MemoryStream();
        entry.DataStream?.CopyTo(content);
        return content.ToArray();
    }

    // SECURITY: names come from the manifest, whose paths are of two forms only; the archive's own are compared, never used.
    private void Write(Stream content, BackupFile expected)
    {
        string path = Path.Combine(directory, expected.Path);
        StoreRestore.MakePrivately(Path.GetDirectoryName(path)!);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var target = new FileStream(path, PrivateFile.Options(FileMode.CreateNew, FileAccess.Write));
        for (int read; (read = content.Read(_buffer)) > 0;)
        {
            hash.AppendData(_buffer, 0, read);
            target.Write(_buffer, 0, read);
        }

        target.Flush(flushToDisk: true);
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != expected.Sha256) throw Damaged($"{expected.Path} is not what it was");
    }

    private static void OpenChecked(SqliteConnection connection)
    {
        _ = SqliteNative.Version;
        connection.Open();
        connection.Execute("PRAGMA trusted_schema = OFF");
        if (connection.ExecuteScalar<string>("PRAGMA integrity_check") != "ok") throw Damaged("its database is damaged");
        Migrator.Migrate(connection, Migration.All);
        // SECURITY: a backup without keys proves only that it is whole. A trigger in it would run within the host's own writes.
        using var own = new SqliteConnection("Data Source=:memory:");
        own.Open();
        Migrator.Migrate(own, Migration.All);
        if (!Programs(connection).SequenceEqual(Programs(own))) throw Damaged("its database has triggers or views that are not this program's");
        if (connection.Query("PRAGMA foreign_key_check").Any()) throw Damaged("rows of its database refer to others that are missing");
    }

    private static IEnumerable<(string Name, string Sql)> Programs(SqliteConnection connection) =>
        connection.Query<(string, string)>("SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name");

    private AuditVerification VerifyAudit(SqliteConnection connection, KeyBundle bundle, bool acceptBrokenAudit, CancellationToken cancellationToken)
    {
        var chain = new AuditChain(bundle.Audit ?? throw new StoreException("The keys hold no key of the audit; they are not those of a whole data directory."));
        var anchor = new AuditAnchor(directory, chain);
        byte[]? end = connection.QuerySingleOrDefault<byte[]>("SELECT value FROM meta WHERE key = @HeadKey", new { AuditVerifier.HeadKey });
        if (end is not null && chain.Open(AuditVerifier.HeadKey, end) is { } head) anchor.Begin(head);
        var found = new AuditVerifier(chain, anchor).Verify(connection, expected: null, cancellationToken);
        return found.Intact || acceptBrokenAudit
            ? found
            : throw new StoreException($"The audit in the backup does not verify ({found.Fault} at record {found.FirstBroken}). Nothing was restored; --accept-broken-audit restores it as it is.");
    }

    // Without keys nobody can read secrets and recordings, nor go on with the audit. What cannot be proved is not carried on:
    // the old records stay in the backup, for whoever finds the keys.
    private static int BeginWithoutKeys(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        int secrets = connection.ExecuteScalar<int>("SELECT count(*) FROM secrets", transaction: transaction);
        connection.Execute(
            """
            DELETE FROM secrets; DELETE FROM replays; DELETE FROM replay_code;
            INSERT OR REPLACE INTO meta (key, value) VALUES ('audit.pruning', 9223372036854775807);
            DELETE FROM audit;
            DELETE FROM meta WHERE key IN ('audit.pruning', 'audit.head', 'audit.base');
            """, transaction: transaction);
        transaction.Commit();
        return secrets;
    }

    private static StoreException Damaged(string what, Exception? inner = null) => new($"The backup cannot be restored: {what}. Nothing was restored; use another backup.", inner);
}
