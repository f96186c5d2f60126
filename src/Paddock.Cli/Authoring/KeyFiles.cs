using System.CommandLine;
using Paddock.Packaging;

namespace Paddock.Cli;

/// <summary><c>paddock keys generate</c>: an author's key pair.</summary>
internal static class KeyFiles
{
    public static Command CreateGenerate()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Where the private key goes (0600). The public key goes to FILE.pub. Neither may be there." };
        var command = new Command("generate", "Make an Ed25519 key pair to sign packages with, in the PEM that openssl reads too.") { file };
        command.SetAction((parsed, _) => GenerateAsync(parsed.GetRequiredValue(file).FullName));
        return command;
    }

    private static async Task<int> GenerateAsync(string file)
    {
        string publicFile = file + ".pub";
        foreach (string path in (string[])[file, publicFile])
            if (Path.Exists(path)) throw new CommandException($"{path} is there already. A key is never overwritten: choose another name.");
        byte[] key = PackageKeys.Generate();
        byte[] publicKey = PackageKeys.PublicKeyOf(key);
        WholeFile.WriteSecret(file, PackageKeys.ExportPrivatePem(key));
        await File.WriteAllTextAsync(publicFile, PackageKeys.ExportPublicPem(publicKey));
        await Console.Out.WriteLineAsync($"key: {PackageKeys.IdOf(publicKey)}\nprivate: {file} (keep it to yourself)\npublic: {publicFile} (operators trust this one)");
        return ExitCode.Completed;
    }
}
