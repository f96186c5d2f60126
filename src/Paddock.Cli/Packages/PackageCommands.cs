using System.CommandLine;
using System.Text.Json;
using Paddock.Packaging;

namespace Paddock.Cli;

/// <summary>Commands around installed packages: install, upgrade, list, enable, disable, rollback, uninstall.</summary>
internal static class PackageCommands
{
    public static IEnumerable<Command> Create() => [Install(), Upgrade(), List(), Enable("enable", true), Enable("disable", false), Rollback(), Uninstall(), Revoke(), Logs()];

    public static Argument<string> Name() => new("NAME") { Description = "Name of the package." };

    public static async Task<int> ShowAsync(PackageView package)
    {
        string state = package.Quarantine is { } why ? $"quarantined: {why}" : package.Enabled ? "enabled" : "disabled";
        await Console.Out.WriteLineAsync($"{package.Name}  {package.Active?.Version ?? "-"}  {package.Status}  {state}");
        if (package.Waiting is { } waiting) await Console.Out.WriteLineAsync($"  waits for review: {waiting.Version}, digest {waiting.Digest}");
        return ExitCode.Completed;
    }

    private static Command Install()
    {
        var package = Package();
        return HostCommand.Create("install", "Verify and install a package. A new one runs once an operator has set its policy.",
            async (parsed, host, cancellationToken) => await InstallAsync(host, parsed.GetRequiredValue(package), null, cancellationToken), package);
    }

    private static Command Upgrade()
    {
        var package = Package();
        return HostCommand.Create("upgrade", "Install a new version of a package that is installed. It serves at once where consent covers it, and waits for review otherwise.",
            async (parsed, host, cancellationToken) =>
            {
                var installed = (await host.ListAsync(cancellationToken)).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
                return await InstallAsync(host, parsed.GetRequiredValue(package), installed, cancellationToken);
            }, package);
    }

    private static async Task<int> InstallAsync(IHostLink host, string path, HashSet<string>? known, CancellationToken cancellationToken)
    {
        var (fileName, content) = await ContentAsync(path, known, cancellationToken);
        var done = await host.InstallAsync(fileName, content, cancellationToken);
        await FindingOutput.WriteAsync(done.Findings);
        await ShowAsync(done.Package);
        await Console.Out.WriteLineAsync($"digest: {done.Digest}");
        if (!done.Active) await Console.Error.WriteLineAsync($"paddock: it waits for review: paddock policy show {done.Package.Name}, then paddock policy set {done.Package.Name} FILE --digest {done.Digest}");
        return ExitCode.Completed;
    }

    // A directory goes as the zip that paddock pack would make; a file as it is.
    private static async Task<(string FileName, byte[] Content)> ContentAsync(string path, HashSet<string>? known, CancellationToken cancellationToken)
    {
        bool directory = Directory.Exists(path);
        if (!directory && !File.Exists(path)) throw new CommandException($"'{path}' is not there. Name a package's directory, its zip, or a single .wasm or .js.");
        if (!directory && known is null) return (Path.GetFileName(path), await File.ReadAllBytesAsync(path, cancellationToken));
        var package = await PackageReading.ReadAsync(PackageReading.Source(path), PackageTrust.None, cancellationToken) ?? throw new CommandException($"'{path}' was not installed.");
        if (known?.Contains(package.Manifest.Name) == false)
            throw new CommandException($"{package.Manifest.Name} is not installed, so there is nothing to upgrade. Use paddock install.");
        return directory ? (package.Manifest.Name + ".zip", PackageArchive.Pack(package)) : (Path.GetFileName(path), await File.ReadAllBytesAsync(path, cancellationToken));
    }

    private static Command List() => HostCommand.Create("list", "List installed packages.", async (_, host, cancellationToken) =>
    {
        foreach (var package in await host.ListAsync(cancellationToken)) await ShowAsync(package);
        return ExitCode.Completed;
    });

    private static Command Enable(string verb, bool enabled)
    {
        var name = Name();
        return HostCommand.Create(verb, enabled ? "Let a package run, also out of quarantine." : "Stop a package, and take away all that it contributes.",
            async (parsed, host, cancellationToken) => await ShowAsync(await host.EnableAsync(parsed.GetRequiredValue(name), enabled, cancellationToken)), name);
    }

    private static Command Rollback()
    {
        var name = Name();
        var digest = new Option<string?>("--digest") { Description = "Which version; the one before the active one unless told.", HelpName = "DIGEST" };
        return HostCommand.Create("rollback", "Bring back a version that served before.",
            async (parsed, host, cancellationToken) => await ShowAsync(await host.RollbackAsync(parsed.GetRequiredValue(name), parsed.GetValue(digest), cancellationToken)), name, digest);
    }

    private static Command Uninstall()
    {
        var name = Name();
        var purge = new Option<bool>("--purge") { Description = "Remove its values at once; otherwise they are kept for 30 days." };
        return HostCommand.Create("uninstall", "Remove a package.", async (parsed, host, cancellationToken) =>
        {
            var removed = await host.UninstallAsync(parsed.GetRequiredValue(name), parsed.GetValue(purge), cancellationToken);
            await Console.Out.WriteLineAsync(parsed.GetValue(purge) ? $"{removed.Name} is removed with its values" : $"{removed.Name} is removed; its values are kept for 30 days, for the same publisher");
            return ExitCode.Completed;
        }, name, purge);
    }

    private static Command Revoke()
    {
        var digest = new Argument<string>("DIGEST") { Description = "Digest of the package." };
        var reason = new Option<string>("--reason") { Description = "Why, for people.", HelpName = "TEXT", Required = true };
        return HostCommand.Create("revoke", "Revoke a package for good: it stops at once, and never runs again.", async (parsed, host, cancellationToken) =>
        {
            await host.RevokePackageAsync(parsed.GetRequiredValue(digest), parsed.GetRequiredValue(reason), cancellationToken);
            await Console.Out.WriteLineAsync("revoked");
            return ExitCode.Completed;
        }, digest, reason);
    }

    private static Command Logs()
    {
        var name = new Argument<string?>("NAME") { Description = "Of one package only.", Arity = ArgumentArity.ZeroOrOne };
        var level = new Option<string>("--level") { Description = "The least: debug, info, warn or error.", DefaultValueFactory = _ => "debug", HelpName = "LEVEL" };
        level.AcceptOnlyFromAmong("debug", "info", "warn", "error");
        var limit = new Option<int>("--limit") { Description = "Most entries, 1 to 1000.", DefaultValueFactory = _ => 100, HelpName = "NUMBER" };
        return HostCommand.Create("logs", "Show what plugins of a running server logged, newest first.", async (parsed, host, cancellationToken) =>
        {
            foreach (var entry in await host.LogsAsync(parsed.GetValue(name), parsed.GetRequiredValue(level), parsed.GetValue(limit), cancellationToken))
                await Console.Out.WriteLineAsync(Terminal.Clean($"{entry.At:u} {entry.Plugin} [{entry.Level}] {entry.Message}"));
            return ExitCode.Completed;
        }, name, level, limit);
    }

    private static Argument<string> Package() => new("PACKAGE") { Description = "A package's directory, its zip, or a single .wasm or .js." };
}
