namespace Paddock.Packaging.Tests;

/// <summary>Keys and signed packages, as short as tests want them.</summary>
internal static class Signed
{
    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(n => (byte)n)];

    public static readonly byte[] OtherKey = [.. Enumerable.Range(101, 32).Select(n => (byte)n)];

    public static TrustedKey Trusted(byte[]? key = null, string name = "Acme") => new(name, PackageKeys.PublicKeyOf(key ?? Key));

    public static PackageTrust Trust(params TrustedKey[] keys) => new() { Keys = keys.Length > 0 ? keys : [Trusted()], RequireSignatures = true };

    /// <summary>The files of a package with a signature over all of them.</summary>
    public static async Task<PackageFile[]> Files(PackageFile[]? files = null, byte[]? key = null)
    {
        files ??= Packages.Files();
        return [.. files, PackageSigner.Sign(await Packages.Good(Packages.Source(files)), key ?? Key)];
    }

    public static async Task<VerifiedPackage> Package(PackageTrust? trust = null, string? manifest = null, byte[]? key = null) =>
        await Packages.Good(Packages.Source(await Files(Packages.Files(manifest), key)), trust ?? Trust(Trusted(key)));
}
