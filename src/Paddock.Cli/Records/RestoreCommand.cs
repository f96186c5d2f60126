using System.CommandLine;

namespace Paddock.Cli;

/// <summary><c>paddock restore</c>: a data directory of a backup, verified before it appears.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A backup." };
        var keys = new Option<FileInfo?>("--keys") { Description = "The keys that were written with it.", HelpName = "FILE" };
        var noKeys = new Option<bool>("--no-keys") { Description = "Do without: secrets and recorded calls are lost, and the audit begins anew." };
        var accept = new Option<bool>("--accept-broken-audit") { Description = "Restore although the audit in the backup does not verify." };
        var data = DataOption.Create();
        data.Description = "The data directory to make; empty, or not there.";
        var command = new Command("restore", "Verify a backup and make a data directory of it, at once or not at all.") { file, keys, noKeys, accept, data };
        command.Validators.Add(result =>
        {
            if (result.GetValue(keys) is null == !result.GetValue(noKeys)) result.AddError("Give the keys with --keys FILE, or do without them with --no-keys: secrets are lost then.");
        });
        command.SetAction((parsed, cancellationToken) =>
            RestoreAsync(parsed.GetRequiredValue(file).FullName, parsed.GetValue(keys)?.FullName, parsed.GetValue(accept), DataOption.Path(parsed, data), cancellationToken));
        return command;
    }

    private static async Task<int> RestoreAsync(string file, string? keys, bool accept, string data, CancellationToken cancellationToken)
    {
        var made = await Task.Run(() => StoreRestore.Restore(file, data, keys, accept, cancellationToken), CancellationToken.None);
        await Console.Out.WriteLineAsync($"restored: {made.DataDirectory}, as of {made.CreatedAt:u} ({made.PackageFiles} files of packages)");
        if (made.Audit is { Intact: true } audit) await Console.Out.WriteLineAsync($"audit: intact, {audit.Records} records\nhead: {new AuditHead(audit.HeadSequence, audit.Head)}");
        else if (made.Audit is { } broken) await Console.Error.WriteLineAsync($"paddock: the audit does not verify ({broken.Fault} at record {broken.FirstBroken}); restored as it was asked");
        else await Console.Error.WriteLineAsync($"paddock: restored without keys: {made.SecretsLost} secrets have to be set again, and the audit begins anew");
        return ExitCode.Completed;
    }
}
