using System.CommandLine;
using Paddock.Packaging;

namespace Paddock.Cli;

/// <summary><c>paddock verify</c>: what a host would make of a package, without installing it.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var package = new Argument<string>("PACKAGE") { Description = "A package's directory, its zip, or a single .wasm or .js." };
        var keys = new Option<FileInfo[]>("--key") { Description = "A public key in PEM to trust. May be repeated.", HelpName = "FILE", DefaultValueFactory = _ => [] };
        var require = new Option<bool>("--require-signature") { Description = "Refuse a package without a signature of one of the keys." };
        var command = new Command("verify", "Verify a package as a host would, and print what it is and asks for.") { package, keys, require };
        command.SetAction((parsed, cancellationToken) => VerifyAsync(parsed.GetRequiredValue(package), parsed.GetRequiredValue(keys), parsed.GetValue(require), cancellationToken));
        return command;
    }

    private static async Task<int> VerifyAsync(string path, FileInfo[] keys, bool require, CancellationToken cancellationToken)
    {
        var trust = new PackageTrust { Keys = [.. keys.Select(k => new TrustedKey(k.Name, PackageReading.PublicKey(k.FullName)))], RequireSignatures = require };
        if (await PackageReading.ReadAsync(PackageReading.Source(path), trust, cancellationToken) is not { } package) return ExitCode.Denied;
        await PrintAsync(package);
        return ExitCode.Completed;
    }

    private static async Task PrintAsync(VerifiedPackage package)
    {
        var manifest = package.Manifest;
        await Console.Out.WriteLineAsync($"{manifest.Name} {manifest.Version}");
        await Console.Out.WriteLineAsync($"runtime: {manifest.Runtime}");
        await Console.Out.WriteLineAsync($"digest: {package.Digest}");
        string signature = package.Signature.ToString().ToLowerInvariant();
        await Console.Out.WriteLineAsync(package.Publisher is { } publisher ? $"signature: {signature}, {publisher.Name}, key {publisher.KeyId}" : $"signature: {signature}");
        foreach (var permission in manifest.Permissions)
            await Console.Out.WriteLineAsync(Terminal.Clean($"asks for: {permission.Type} {permission.Access} [{string.Join(", ", permission.Scope)}]"));
        if (package.NeedsRegistration) await Console.Out.WriteLineAsync("more is known once its code has registered: install it to see");
    }
}
