using System.Diagnostics;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Paddock.Store;

namespace Paddock.Tests.Backup;

/// <summary>kill -9 while a backup or a restore is at work: its target is not there, or it is whole.</summary>
public sealed class BackupCrashTests : IDisposable
{
    private const string Variable = "PADDOCK_TEST_BACKUP_ARGUMENTS";
    private readonly string _folder = Directory.CreateTempSubdirectory("paddock-backup-crash-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_folder, "data");

    private string Backup => Path.Combine(_folder, "store.backup");

    private string Keys => Path.Combine(_folder, "store.keys");

    private string Restored => Path.Combine(_folder, "restored");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Kill_DuringABackup_LeavesNoHalfBackup(int megabytes)
    {
        await FillAsync();
        bool killed = await KillAsync($"backup|{Data}|{Backup}|{Keys}", () => Size(_folder, "store.backup.partial*") >= megabytes << 20);
        Assert.Equal(!killed, File.Exists(Backup));
        if (killed) StoreBackup.Create(Data, Backup, Path.Combine(_folder, "new.keys"), cancellationToken: Ct);
        StoreRestore.Restore(Backup, Restored, killed ? Path.Combine(_folder, "new.keys") : Keys, cancellationToken: Ct);
        Assert.Empty(Directory.GetFiles(_folder, "*.partial*"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Kill_DuringARestore_LeavesNoHalfStore(int megabytes)
    {
        await FillAsync();
        StoreBackup.Create(Data, Backup, Keys, cancellationToken: Ct);
        bool killed = await KillAsync($"restore|{Backup}|{Restored}|{Keys}", () => Directory.GetDirectories(_folder, "restored.restoring-*").Any(d => Size(d, "*") >= megabytes << 20));
        Assert.Equal(!killed, Directory.Exists(Restored));
        if (killed) StoreRestore.Restore(Backup, Restored, Keys, cancellationToken: Ct);
        Assert.True(AuditInspection.Verify(Restored, cancellationToken: Ct).Intact);
    }

    /// <summary>The child: this assembly again, which backs up or restores before any test runs, and ends.</summary>
    [ModuleInitializer]
    internal static void WorkWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var what, var from, var to, var keys]) return;
        if (what == "backup") StoreBackup.Create(from, to, keys);
        else StoreRestore.Restore(from, to, keys);
        Environment.Exit(0);
    }

    /// <summary>Whether it was killed; false where it ended before the moment was seen.</summary>
    private static async Task<bool> KillAsync(string arguments, Func<bool> moment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(BackupCrashTests).Assembly.Location]);
        start.Environment[Variable] = arguments;
        using var child = Process.Start(start)!;
        while (!child.HasExited && !moment()) Ct.ThrowIfCancellationRequested();
        child.Kill();
        await child.WaitForExitAsync(Ct);
        return child.ExitCode != 0;
    }

    private static long Size(string folder, string pattern) =>
        Directory.GetFiles(folder, pattern, SearchOption.AllDirectories).Sum(f => new FileInfo(f) is { Exists: true } file ? file.Length : 0);

    private async Task FillAsync()
    {
        await using var database = Database.Open(Data, NullLogger.Instance);
        await using var audit = new Paddock.Audit.AuditStore(database);
        await audit.WriteAsync(new AuditRecord { At = DateTimeOffset.UnixEpoch, Tenant = "default", Actor = "ann", Action = "test", Allowed = true }, Ct);
        // Enough that copying takes a while.
        await database.WriteAsync(c => c.Execute("INSERT INTO meta (key, value) VALUES ('bulk', randomblob(8000000))"), Ct);
    }
}
