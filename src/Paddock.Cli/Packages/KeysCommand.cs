using System.CommandLine;

namespace Paddock.Cli;

/// <summary><c>paddock keys</c>: a key pair for authors, and the keys that an operator trusts.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Keys that packages are signed with.") { KeyFiles.CreateGenerate(), List(), Trust(), Revoke() };

    private static Command List() => HostCommand.Create("list", "List trusted keys.", async (_, host, cancellationToken) =>
    {
        foreach (var key in await host.KeysAsync(cancellationToken)) await ShowAsync(key);
        return ExitCode.Completed;
    });

    private static Command Trust()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The public key in PEM." };
        var publisher = new Option<string>("--publisher") { Description = "The name that people see.", HelpName = "NAME", Required = true };
        return HostCommand.Create("trust", "Trust a publisher's key.", async (parsed, host, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(file).FullName;
            PackageReading.PublicKey(path);
            return await ShowAsync(await host.TrustAsync(await File.ReadAllTextAsync(path, cancellationToken), parsed.GetRequiredValue(publisher), cancellationToken));
        }, file, publisher);
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("KEY") { Description = "Id of the key." };
        return HostCommand.Create("revoke", "Revoke a key for good: nothing that it signed is trusted any more.",
            async (parsed, host, cancellationToken) => await ShowAsync(await host.RevokeKeyAsync(parsed.GetRequiredValue(id), cancellationToken)), id);
    }

    private static async Task<int> ShowAsync(KeyView key)
    {
        await Console.Out.WriteLineAsync(Terminal.Clean($"{key.Id}  {key.Publisher}  {(key.RevokedAt is { } revoked ? $"revoked {revoked:u}" : $"until {key.ValidUntil:u}")}"));
        return ExitCode.Completed;
    }
}
