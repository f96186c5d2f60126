using System.CommandLine;
using System.Text.Json;

namespace Paddock.Cli;

/// <summary><c>paddock config</c> and <c>paddock secret</c>: what a package is told.</summary>
internal static class SettingCommands
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command CreateConfig() => new("config", "The config of a package, as its schema describes it.") { ShowConfig(), SetConfig() };

    public static Command CreateSecret() => new("secret", "Secrets that a package's manifest names. They can be set, never read.") { SetSecret(), RemoveSecret() };

    private static Command ShowConfig()
    {
        var name = PackageCommands.Name();
        var schema = new Option<bool>("--schema") { Description = "Print the schema instead." };
        return HostCommand.Create("show", "Print the config in force as JSON.", async (parsed, host, cancellationToken) =>
        {
            var config = await host.ConfigAsync(parsed.GetRequiredValue(name), cancellationToken);
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(parsed.GetValue(schema) ? config.Schema : config.Config, Indented));
            return ExitCode.Completed;
        }, name, schema);
    }

    private static Command SetConfig()
    {
        var name = PackageCommands.Name();
        var file = new Argument<FileInfo>("FILE") { Description = "The config as JSON." };
        return HostCommand.Create("set", "Set the config of a package.", async (parsed, host, cancellationToken) =>
        {
            var config = JsonArgument.Read(await File.ReadAllTextAsync(parsed.GetRequiredValue(file).FullName, cancellationToken), parsed.GetRequiredValue(file).Name);
            return await PackageCommands.ShowAsync(await host.SetConfigAsync(parsed.GetRequiredValue(name), config, cancellationToken));
        }, name, file);
    }

    // SECURITY: an argument of a command line is seen by every user of the machine, and kept by the shell. Standard input is not.
    private static Command SetSecret()
    {
        var name = PackageCommands.Name();
        var secret = new Argument<string>("SECRET") { Description = "Name of the secret." };
        return HostCommand.Create("set", "Set a secret to what standard input holds, without its last line end.", async (parsed, host, cancellationToken) =>
        {
            if (!Console.IsInputRedirected) await Console.Error.WriteLineAsync("paddock: type the secret, then Ctrl+D on a line of its own");
            string value = await Console.In.ReadToEndAsync(cancellationToken);
            value = value.EndsWith('\n') ? value[..^1].TrimEnd('\r') : value;
            if (value.Length == 0) throw new CommandException("Standard input is empty. Give the secret there: paddock secret set NAME SECRET < FILE.");
            await host.SetSecretAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(secret), value, cancellationToken);
            await Console.Out.WriteLineAsync($"{parsed.GetRequiredValue(secret)} is set");
            return ExitCode.Completed;
        }, name, secret);
    }

    private static Command RemoveSecret()
    {
        var name = PackageCommands.Name();
        var secret = new Argument<string>("SECRET") { Description = "Name of the secret." };
        return HostCommand.Create("remove", "Remove a secret.", async (parsed, host, cancellationToken) =>
        {
            await host.SetSecretAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(secret), null, cancellationToken);
            await Console.Out.WriteLineAsync($"{parsed.GetRequiredValue(secret)} is removed");
            return ExitCode.Completed;
        }, name, secret);
    }
}
