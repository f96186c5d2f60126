using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests.Backup;

/// <summary>Backups of a live store, and what is made of them.</summary>
public sealed class BackupTests : IAsyncDisposable
{
    private readonly HostFixture _host = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("paddock-backup-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File1 => Path.Combine(_folder, "store.backup");

    private string Keys => Path.Combine(_folder, "store.keys");

    private string Restored => Path.Combine(_folder, "restored");

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Restore_OfALiveStoresBackup_HasAllOfIt_AndServes()
    {
        var plugin = await FillAsync();
        string hash = Package("content of a file");
        var made = StoreBackup.Create(_host.DataDirectory, File1, Keys, cancellationToken: Ct);
        await _host.CreateAsync("later");
        var restored = StoreRestore.Restore(File1, Restored, Keys, cancellationToken: Ct);
        Assert.Equal((1, 1), (made.PackageFiles, restored.PackageFiles));
        Assert.True(restored.Audit?.Intact);
        Assert.Equal(made.AuditHead, new AuditHead(restored.Audit!.HeadSequence, restored.Audit.Head));
        Assert.Equal("content of a file", await File.ReadAllTextAsync(Path.Combine(Restored, "blobs", hash), Ct));
        await using var host = new HostFixture(o => o.DataDirectory = Restored);
        Assert.Equal([plugin.Id], (await host.Plugins.ListAsync(Author, null, Ct)).Value.Select(p => p.Id).Where(id => id != "plg_package"));
        await host.CreateAsync("new");
        Assert.True((await host.Audit.VerifyAsync(Ct)).Intact);
        Assert.Equal(CallStatus.Completed, (await host.ExecuteAsync(plugin.Id)).Status);
    }

    [Fact]
    public async Task Backup_OfAStoreThatIsWrittenTo_IsOneCommit()
    {
        await FillAsync();
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () => { while (!stop.IsCancellationRequested) await _host.CreateAsync("x"); }, Ct);
        for (int i = 0; i < 5; i++)
        {
            StoreBackup.Create(_host.DataDirectory, $"{File1}{i}", $"{Keys}{i}", cancellationToken: Ct);
            Assert.True(StoreRestore.Restore($"{File1}{i}", $"{Restored}{i}", $"{Keys}{i}", cancellationToken: Ct).Audit?.Intact);
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task Restore_WithoutKeys_DropsWhatNeedsThem_AndTheAuditBeginsAnew()
    {
        var plugin = await FillAsync();
        _host.Tamper($"INSERT INTO secrets SELECT id, 'token', tenant, owner, x'0102', 0 FROM plugins WHERE id = '{plugin.Id}'");
        StoreBackup.Create(_host.DataDirectory, File1, keysFile: null, cancellationToken: Ct);
        var restored = StoreRestore.Restore(File1, Restored, keysFile: null, cancellationToken: Ct);
        Assert.Equal((1, (AuditVerification?)null), (restored.SecretsLost, restored.Audit));
        await using var host = new HostFixture(o => o.DataDirectory = Restored);
        await host.CreateAsync("new");
        Assert.Equal((true, 1L), ((await host.Audit.VerifyAsync(Ct)).Intact, (await host.Audit.VerifyAsync(Ct)).Records));
    }

    [Fact]
    public async Task T70_Backup_HoldsNoKey_AndNothingSealedIsReadable()
    {
        await FillAsync();
        StoreBackup.Create(_host.DataDirectory, File1, Keys, cancellationToken: Ct);
        byte[] backup = await File.ReadAllBytesAsync(File1, Ct);
        string[] keys = Directory.GetFiles(_host.DataDirectory, "*.key");
        Assert.NotEmpty(keys);
        foreach (string key in keys) Assert.False(Holds(backup, await File.ReadAllBytesAsync(key, Ct)));
        Assert.False(Holds(backup, "canary-recorded"u8));
        // Control: what is not sealed is found so.
        Assert.True(Holds(backup, "a plugin"u8));
        if (!OperatingSystem.IsWindows())
            foreach (string path in (string[])[File1, Keys]) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task Backup_NeverOverwrites_AndLeavesNothingWhenItFails()
    {
        await FillAsync();
        await File.WriteAllTextAsync(File1, "mine", Ct);
        Assert.Throws<StoreException>(() => StoreBackup.Create(_host.DataDirectory, File1, Keys, cancellationToken: Ct));
        Assert.Throws<StoreException>(() => StoreBackup.Create(_host.DataDirectory, Keys, Keys, cancellationToken: Ct));
        string hash = Package("content");
        File.Delete(Path.Combine(_host.DataDirectory, "blobs", hash));
        Assert.Throws<StoreException>(() => StoreBackup.Create(_host.DataDirectory, Keys + "2", null, cancellationToken: Ct));
        await File.WriteAllTextAsync(Path.Combine(_host.DataDirectory, "blobs", hash), "changed", Ct);
        Assert.Throws<StoreException>(() => StoreBackup.Create(_host.DataDirectory, Keys + "3", null, cancellationToken: Ct));
        Assert.Throws<StoreException>(() => StoreBackup.Create(Path.Combine(_folder, "nothing"), Keys + "4", null, cancellationToken: Ct));
        Assert.Equal([File1], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Restore_IntoWhatIsNotEmpty_IsRefused()
    {
        await FillAsync();
        StoreBackup.Create(_host.DataDirectory, File1, Keys, cancellationToken: Ct);
        Directory.CreateDirectory(Restored);
        await File.WriteAllTextAsync(Path.Combine(Restored, "mine"), "", Ct);
        Assert.Throws<StoreException>(() => StoreRestore.Restore(File1, Restored, Keys, cancellationToken: Ct));
        File.Delete(Path.Combine(Restored, "mine"));
        StoreRestore.Restore(File1, Restored, Keys, cancellationToken: Ct);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("cut")]
    [InlineData("outside")]
    [InlineData("more")]
    [InlineData("link")]
    [InlineData("noMac")]
    [InlineData("otherKeys")]
    [InlineData("trigger")]
    [InlineData("noBlob")]
    [InlineData("garbage")]
    public async Task Restore_OfADamagedOrForgedBackup_LeavesNothing(string how)
    {
        await FillAsync();
        Package("content of a file");
        StoreBackup.Create(_host.DataDirectory, File1, Keys, cancellationToken: Ct);
        string? keys = Keys;
        switch (how)
        {
            case "flip": Change(entries => entries[^1].Content[0] ^= 1); break;
            case "cut": using (var file = File.OpenWrite(File1)) file.SetLength(file.Length / 2); break;
            case "outside": Forge("blobs/", "../../escaped/"); keys = null; break;
            case "more": Change(entries => entries.Add(new Entry("more", [1]))); break;
            case "link": Change(entries => entries[^1] = entries[^1] with { Link = true }); break;
            case "noMac": Change(entries => entries.RemoveAt(1)); break;
            case "otherKeys": keys = await OtherKeysAsync(); break;
            case "trigger": ForgeDatabase("CREATE TRIGGER planted AFTER INSERT ON audit BEGIN DELETE FROM grants; END"); keys = null; break;
            case "noBlob": Change(entries => entries.RemoveAt(entries.Count - 1)); break;
            default: await File.WriteAllTextAsync(File1, "no backup", Ct); break;
        }

        var before = Directory.GetFileSystemEntries(_folder);
        Assert.Throws<StoreException>(() => StoreRestore.Restore(File1, Restored, keys, cancellationToken: Ct));
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task T69_Restore_OfABrokenAudit_IsRefused_UnlessAskedFor()
    {
        await FillAsync();
        _host.Tamper("DROP TRIGGER audit_no_update; UPDATE audit SET actor = 'somebody else' WHERE seq = 1; CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN\n  SELECT RAISE(ABORT, 'audit records are never changed');\nEND");
        StoreBackup.Create(_host.DataDirectory, File1, Keys, cancellationToken: Ct);
        Assert.Throws<StoreException>(() => StoreRestore.Restore(File1, Restored, Keys, cancellationToken: Ct));
        Assert.Equal(AuditFaults.Rewritten, StoreRestore.Restore(File1, Restored, Keys, acceptBrokenAudit: true, Ct).Audit?.Fault);
        Assert.False(AuditInspection.Verify(Restored, cancellationToken: Ct).Intact);
    }

    private static bool Holds(byte[] bytes, ReadOnlySpan<byte> text) => bytes.AsSpan().IndexOf(text) >= 0;

    private async Task<PluginRecord> FillAsync()
    {
        var plugin = await _host.CreateAsync("log hello");
        await _host.Get<IReplayService>().EnableAsync(Operator, plugin.Id, TimeSpan.FromHours(1), Ct);
        await _host.ExecuteAsync(plugin.Id, new ExecuteRequest { Context = System.Text.Json.JsonElement.Parse("\"canary-recorded\"") });
        return plugin;
    }

    private string Package(string content)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Directory.CreateDirectory(Path.Combine(_host.DataDirectory, "blobs"));
        File.WriteAllBytes(Path.Combine(_host.DataDirectory, "blobs", hash), bytes);
        _host.Tamper($$"""
            INSERT INTO plugins (id, tenant, owner, name, description, code, enabled, runtime, digest, size, revision, created_at, updated_at, kind)
            VALUES ('plg_package', 'default', 'ann', 'pack', '', '', 0, 0, 'd', 0, 1, 0, 0, 1);
            INSERT INTO package_versions (plugin_id, digest, tenant, owner, version, signature, files, size, state, installed_by, installed_at)
            VALUES ('plg_package', 'd', 'default', 'ann', '1.0.0', 0, '[{"Path":"plugin.js","Sha256":"{{hash}}","Size":{{bytes.Length}}}]', 0, 2, 'ann', 0)
            """);
        return hash;
    }

    private async Task<string> OtherKeysAsync()
    {
        await using var other = new HostFixture();
        await other.CreateAsync("x");
        string keys = Path.Combine(_folder, "other.keys");
        StoreBackup.Create(other.DataDirectory, Path.Combine(_folder, "other.backup"), keys, cancellationToken: Ct);
        return keys;
    }

    /// <summary>Rewrites the archive with other paths in its manifest.</summary>
    private void Forge(string from, string to) => Change(entries =>
    {
        entries[0] = entries[0] with { Content = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(entries[0].Content).Replace(from, to, StringComparison.Ordinal)) };
        entries[^1] = entries[^1] with { Name = entries[^1].Name.Replace(from, to, StringComparison.Ordinal) };
    });

    /// <summary>Rewrites the archive with another database, and a manifest that fits it.</summary>
    private void ForgeDatabase(string sql) => Change(entries =>
    {
        int place = entries.FindIndex(e => e.Name == "paddock.db");
        string copy = Path.Combine(_folder, "forged.db");
        File.WriteAllBytes(copy, entries[place].Content);
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={copy};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }

        byte[] forged = File.ReadAllBytes(copy);
        File.Delete(copy);
        string manifest = Encoding.UTF8.GetString(entries[0].Content)
            .Replace(Convert.ToHexStringLower(SHA256.HashData(entries[place].Content)), Convert.ToHexStringLower(SHA256.HashData(forged)), StringComparison.Ordinal)
            .Replace($"\"Size\":{entries[place].Content.Length}", $"\"Size\":{forged.Length}", StringComparison.Ordinal);
        entries[0] = entries[0] with { Content = Encoding.UTF8.GetBytes(manifest) };
        entries[place] = entries[place] with { Content = forged };
    });

    private void Change(Action<List<Entry>> change)
    {
        var entries = new List<Entry>();
        using (var reader = new TarReader(File.OpenRead(File1)))
        {
            while (reader.GetNextEntry(copyData: true) is { } entry)
            {
                using var content = new MemoryStream();
                entry.DataStream?.CopyTo(content);
                entries.Add(new Entry(entry.Name, content.ToArray()));
            }
        }

        change(entries);
        File.Delete(File1);
        using var writer = new TarWriter(File.Create(File1), TarEntryFormat.Pax);
        foreach (var entry in entries)
        {
            writer.WriteEntry(entry.Link
                ? new PaxTarEntry(TarEntryType.SymbolicLink, entry.Name) { LinkName = "/etc/passwd" }
                : new PaxTarEntry(TarEntryType.RegularFile, entry.Name) { DataStream = new MemoryStream(entry.Content) });
        }
    }

    private sealed record Entry(string Name, byte[] Content, bool Link = false);
}
