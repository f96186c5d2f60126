using System.Diagnostics;
using System.Text;

namespace Paddock.Packaging.Tests;

/// <summary>What openssl signs, Paddock verifies, and the reverse; keys go both ways.</summary>
public sealed class OpenSslTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("paddock");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task OpenSslSigns_PaddockVerifies()
    {
        Run("genpkey", "-algorithm", "ed25519", "-out", In("key.pem"));
        Run("pkey", "-in", In("key.pem"), "-pubout", "-out", In("public.pem"));
        var package = await Packages.Good(Packages.Source(Packages.Files()));
        await File.WriteAllBytesAsync(In("statement"), PackageSigner.Statement(package), Packages.Token);
        Run("pkeyutl", "-sign", "-rawin", "-inkey", In("key.pem"), "-in", In("statement"), "-out", In("signature"));
        byte[] key = PackageKeys.ImportPublicPem(await File.ReadAllTextAsync(In("public.pem"), Packages.Token));
        var file = PackageSigner.File(PackageKeys.IdOf(key), await File.ReadAllBytesAsync(In("signature"), Packages.Token));
        var verified = await Packages.Good(Packages.Source([.. Packages.Files(), file]), Signed.Trust(new TrustedKey("openssl", key)));
        Assert.Equal((SignatureState.Trusted, "openssl"), (verified.Signature, verified.Publisher?.Name));
        // Ed25519 is deterministic: with the same key Paddock writes the same bytes.
        byte[] secret = PackageKeys.ImportPrivatePem(await File.ReadAllTextAsync(In("key.pem"), Packages.Token));
        Assert.Equal(file.Sha256, PackageSigner.Sign(package, secret).Sha256);
    }

    [Fact]
    public async Task PaddockSigns_OpenSslVerifies()
    {
        byte[] key = PackageKeys.Generate();
        await File.WriteAllTextAsync(In("key.pem"), PackageKeys.ExportPrivatePem(key), Packages.Token);
        await File.WriteAllTextAsync(In("public.pem"), PackageKeys.ExportPublicPem(PackageKeys.PublicKeyOf(key)), Packages.Token);
        Run("pkey", "-in", In("key.pem"), "-pubout", "-out", In("derived.pem"));
        Assert.Equal(await File.ReadAllTextAsync(In("public.pem"), Packages.Token), await File.ReadAllTextAsync(In("derived.pem"), Packages.Token));
        var package = await Packages.Good(Packages.Source(Packages.Files()));
        string json = Encoding.ASCII.GetString(PackageSigner.Sign(package, key).Content.Span);
        await File.WriteAllBytesAsync(In("signature"), Convert.FromBase64String(json.Split('"')[11]), Packages.Token);
        await File.WriteAllBytesAsync(In("statement"), PackageSigner.Statement(package), Packages.Token);
        Run("pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", In("public.pem"), "-in", In("statement"), "-sigfile", In("signature"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n-----END PRIVATE KEY-----\n")] // X25519
    public void Import_WhatIsNoKeyOfTheKind_IsRefused(string pem)
    {
        Assert.Throws<FormatException>(() => PackageKeys.ImportPrivatePem(pem));
        Assert.Throws<FormatException>(() => PackageKeys.ImportPublicPem(pem));
    }

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private static void Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
    }
}
