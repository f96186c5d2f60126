using System.Text;

namespace Paddock.Packaging;

/// <summary>Signs packages with Ed25519.</summary>
public static class PackageSigner
{
    /// <summary>Name of the signature's file at the root of a package.</summary>
    public const string FileName = "paddock.sig";

    /// <summary>The canonical statement of a package: the bytes that are signed, for any tool that signs with Ed25519 (<c>openssl pkeyutl -sign -rawin</c>).</summary>
    public static byte[] Statement(VerifiedPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        RequireSignable(package);
        return PackageStatement.Write(package.Manifest, package.Listing);
    }

    /// <summary>Signs a package. Whether and by whom it was signed before makes no difference.</summary>
    /// <param name="package">A package with a manifest.</param>
    /// <param name="privateKey">32 bytes.</param>
    /// <returns>The file <see cref="FileName"/> to put into the package.</returns>
    public static PackageFile Sign(VerifiedPackage package, ReadOnlySpan<byte> privateKey) =>
        File(PackageKeys.IdOf(PackageKeys.PublicKeyOf(privateKey)), PackageKeys.Sign(privateKey, Statement(package)));

    /// <summary>The file of a signature that was made elsewhere.</summary>
    /// <param name="keyId">Id of the key, as <see cref="PackageKeys.IdOf"/> has it.</param>
    /// <param name="signature">64 bytes over the package's statement.</param>
    public static PackageFile File(string keyId, ReadOnlySpan<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(keyId);
        string json = $$"""
            {
              "format": "{{SignatureFile.Format}}",
              "keyId": "{{keyId}}",
              "signature": "{{Convert.ToBase64String(signature)}}"
            }

            """;
        byte[] content = Encoding.ASCII.GetBytes(json);
        return SignatureFile.AsFile(FileName, content);
    }

    private static void RequireSignable(VerifiedPackage package)
    {
        if (package.Seal.IsSingleFile) throw new ArgumentException("A single file has no place for a signature: pack it with a plugin.yaml.", nameof(package));
    }
}
