using Paddock.Packaging;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Cli;

/// <summary>Reads and verifies a package as the host would, and prints all that stands against it.</summary>
internal static class PackageReading
{
    /// <summary>A directory, or a single file.</summary>
    public static PackageSource Source(string path) => Directory.Exists(path) ? PackageSource.FromDirectory(path) : PackageSource.FromFile(path);

    /// <summary>The package; null when it was refused, and said why.</summary>
    public static async Task<VerifiedPackage?> ReadAsync(PackageSource source, PackageTrust trust, CancellationToken cancellationToken)
    {
        await using var runtime = new JavaScriptRuntime();
        var verification = await new PackageVerifier(new JavaScriptAnalyzer(runtime)).VerifyPackageAsync(source, trust, cancellationToken);
        await FindingOutput.WriteAsync(verification.Findings);
        return verification.Package;
    }

    /// <summary>The public key of a file; a message where it holds none.</summary>
    public static byte[] PublicKey(string path)
    {
        try
        {
            return PackageKeys.ImportPublicPem(File.ReadAllText(path));
        }
        catch (FormatException e)
        {
            throw new CommandException($"{path} holds no public key: {e.Message} paddock keys generate writes one, and openssl pkey -pubout.");
        }
    }

    /// <summary>The private key of a file; a message where it holds none.</summary>
    public static byte[] PrivateKey(string path)
    {
        try
        {
            return PackageKeys.ImportPrivatePem(File.ReadAllText(path));
        }
        catch (FormatException e)
        {
            throw new CommandException($"{path} holds no private key: {e.Message} paddock keys generate writes one, and openssl genpkey -algorithm ed25519.");
        }
    }
}
