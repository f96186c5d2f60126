using System.CommandLine;

namespace Paddock.Cli;

/// <summary><c>paddock backup</c>: one file of a data directory, also while a server runs on it. Keys go apart.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The backup to write. Must not be there." };
        var keys = new Option<FileInfo?>("--keys") { Description = "Where the keys go, another file than the backup: without them no secret and no recorded call can be read, and the audit not be verified.", HelpName = "FILE" };
        var noKeys = new Option<bool>("--no-keys") { Description = "Leave the keys out." };
        var data = DataOption.Create();
        var command = new Command("backup", "Write a backup of a data directory, also while a server runs on it.") { file, keys, noKeys, data };
        command.Validators.Add(result =>
        {
            if (result.GetValue(keys) is null == !result.GetValue(noKeys))
                result.AddError("Say where the keys go with --keys FILE, best on another medium, or leave them out with --no-keys: without them secrets in the backup are lost.");
        });
        command.SetAction((parsed, cancellationToken) => BackupAsync(parsed.GetRequiredValue(file).FullName, parsed.GetValue(keys)?.FullName, DataOption.Path(parsed, data), cancellationToken));
        return command;
    }

    private static async Task<int> BackupAsync(string file, string? keys, string data, CancellationToken cancellationToken)
    {
        var made = await Task.Run(() => StoreBackup.Create(data, file, keys, cancellationToken: cancellationToken), CancellationToken.None);
        await Console.Out.WriteLineAsync($"backup: {made.File} ({made.Bytes} bytes, {made.PackageFiles} files of packages)");
        await Console.Out.WriteLineAsync(made.Keys is { } written ? $"keys: {written} (keep them apart from the backup)" : "keys: left out");
        if (made.AuditHead is { } head) await Console.Out.WriteLineAsync($"head: {head}");
        return ExitCode.Completed;
    }
}
