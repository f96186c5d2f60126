using System.Security.Cryptography;
using System.Text;

namespace Paddock.Packaging;

/// <summary>GoatKit's own: Ed25519 over the SHA-256 of one file, in hex, in FILE.sig.</summary>
internal static class GoatKitSignature
{
    /// <summary>Checks <paramref name="signature"/> over <paramref name="file"/>. Says nothing while no key is set for it.</summary>
    public static SignatureState Check(ReadOnlyMemory<byte> file, ReadOnlyMemory<byte> signature, string shown, PackageTrust trust, List<Finding> findings)
    {
        if (trust.GoatKitKeys.Count == 0) return SignatureState.Unsigned;
        byte[] hash = SHA256.HashData(file.Span);
        string text = Encoding.Latin1.GetString(signature.Span).TrimEnd('\r', '\n');
        byte[] bytes = text.Length == 128 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : [];
        var now = trust.Time.GetUtcNow();
        if (trust.GoatKitKeys.Any(k => k.StateAt(now) == SignatureState.Trusted && PackageKeys.Verify(k.PublicKey, hash, bytes))) return SignatureState.Dialect;
        findings.Add(new Finding(PackageCodes.SignatureWrong, "The signature is of no valid GoatKit key, or the file was changed since it was signed.") { Path = shown, Mend = "Get it again from its publisher." });
        return SignatureState.Unsigned;
    }
}
