using System.CommandLine;
using Paddock.Packaging;

namespace Paddock.Cli;

/// <summary><c>paddock sign</c>: puts a signature into a directory or a zip.</summary>
internal static class SignCommand
{
    public static Command Create()
    {
        var package = new Argument<string>("PACKAGE") { Description = "A package's directory, or its zip." };
        var key = new Option<FileInfo>("--key") { Description = "The private key in PEM, as paddock keys generate writes it.", HelpName = "FILE", Required = true };
        var command = new Command("sign", $"Sign a package with an Ed25519 key: its files, name, version and permissions. Writes {PackageSigner.FileName} into it.") { package, key };
        command.SetAction((parsed, cancellationToken) => SignAsync(parsed.GetRequiredValue(package), parsed.GetRequiredValue(key).FullName, cancellationToken));
        return command;
    }

    private static async Task<int> SignAsync(string path, string keyFile, CancellationToken cancellationToken)
    {
        byte[] key = PackageReading.PrivateKey(keyFile);
        bool directory = Directory.Exists(path);
        if (!directory && !path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            throw new CommandException($"'{path}' is neither a directory nor a zip. A single file has no place for a signature: give it a plugin.yaml in a directory.");
        // An old signature says nothing of what is signed now, nor does a key that is not trusted here.
        if (await PackageReading.ReadAsync(PackageReading.Source(path), PackageTrust.None, cancellationToken) is not { } package) return ExitCode.Denied;
        var signature = PackageSigner.Sign(package, key);
        if (directory) WholeFile.Write(Path.Combine(path, PackageSigner.FileName), signature.Content.Span);
        else WholeFile.Write(path, PackageArchive.Pack([.. package.Listing, signature]));
        await Console.Out.WriteLineAsync($"{package.Manifest.Name} {package.Manifest.Version}\ndigest: {package.Digest}\nkey: {PackageKeys.IdOf(PackageKeys.PublicKeyOf(key))}");
        return ExitCode.Completed;
    }
}
