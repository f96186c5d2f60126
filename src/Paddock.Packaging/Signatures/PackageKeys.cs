using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Org.BouncyCastle.Security;

namespace Paddock.Packaging;

/// <summary>Ed25519 keys, in the forms that openssl reads and writes.</summary>
public static class PackageKeys
{
    /// <summary>Bytes of a public key, and of a private one.</summary>
    public const int Length = 32;

    // RFC 8410: the DER that surrounds the 32 bytes never varies.
    private static ReadOnlySpan<byte> PrivatePrefix => [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    private static ReadOnlySpan<byte> PublicPrefix => [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    /// <summary>A new private key from the system's random numbers.</summary>
    public static byte[] Generate() => RandomNumberGenerator.GetBytes(Length);

    /// <summary>The public key of a private one.</summary>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> privateKey)
    {
        RequireLength(privateKey);
        var publicKey = new byte[Length];
        Ed25519.GeneratePublicKey(privateKey.ToArray(), 0, publicKey, 0);
        return publicKey;
    }

    /// <summary>The id of a public key: SHA-256 of its bytes, lower-case hex.</summary>
    public static string IdOf(ReadOnlySpan<byte> publicKey)
    {
        RequireLength(publicKey);
        return Convert.ToHexStringLower(SHA256.HashData(publicKey));
    }

    /// <summary>PEM of PKCS#8 (<c>PRIVATE KEY</c>), not encrypted: for a file that only its owner reads.</summary>
    public static string ExportPrivatePem(ReadOnlySpan<byte> privateKey)
    {
        RequireLength(privateKey);
        return PemEncoding.WriteString("PRIVATE KEY", [.. PrivatePrefix, .. privateKey]) + "\n";
    }

    /// <summary>PEM of SubjectPublicKeyInfo (<c>PUBLIC KEY</c>).</summary>
    public static string ExportPublicPem(ReadOnlySpan<byte> publicKey)
    {
        RequireLength(publicKey);
        return PemEncoding.WriteString("PUBLIC KEY", [.. PublicPrefix, .. publicKey]) + "\n";
    }

    /// <summary>The private key of a PEM.</summary>
    /// <exception cref="FormatException">It is no Ed25519 private key in PKCS#8, or it is encrypted.</exception>
    public static byte[] ImportPrivatePem(string pem) => Import(pem, "PRIVATE KEY", PrivatePrefix);

    /// <summary>The public key of a PEM.</summary>
    /// <exception cref="FormatException">It is no Ed25519 public key.</exception>
    public static byte[] ImportPublicPem(string pem)
    {
        var key = Import(pem, "PUBLIC KEY", PublicPrefix);
        return IsPublic(key) ? key : throw new FormatException("The PEM holds no point of the curve that can be a key.");
    }

    internal static bool Verify(ReadOnlyMemory<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Ed25519.SignatureSize) return false;
        byte[] text = message.ToArray();
        return Ed25519.Verify(signature.ToArray(), 0, publicKey.ToArray(), 0, text, 0, text.Length);
    }

    internal static byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> message)
    {
        RequireLength(privateKey);
        byte[] text = message.ToArray(), signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(privateKey.ToArray(), 0, text, 0, text.Length, signature, 0);
        return signature;
    }

    internal static void RequirePublic(ReadOnlySpan<byte> publicKey)
    {
        RequireLength(publicKey);
        if (!IsPublic(publicKey)) throw new ArgumentException("The bytes are no point of the curve that can be a key.", nameof(publicKey));
    }

    // SECURITY: a key of small order verifies signatures over any message. Times the cofactor it is the neutral element,
    // whose encoding is 1 followed by zeros; asked of the library by whether a signature of nothing (R = neutral, S = 0) verifies.
    private static bool IsPublic(ReadOnlySpan<byte> key)
    {
        byte[] nothing = new byte[Ed25519.SignatureSize];
        nothing[0] = 1;
        for (byte message = 0; message < 64; message++)
            if (Verify(key.ToArray(), [message], nothing)) return false;
        return true;
    }

    private static byte[] Import(string pem, string label, ReadOnlySpan<byte> prefix)
    {
        ArgumentNullException.ThrowIfNull(pem);
        if (!PemEncoding.TryFind(pem, out var fields) || !pem.AsSpan()[fields.Label].SequenceEqual(label))
            throw new FormatException($"There is no PEM with a {label}.");
        var der = Convert.FromBase64String(pem[fields.Base64Data]);
        if (der.Length != prefix.Length + Length || !der.AsSpan().StartsWith(prefix))
            throw new FormatException("The PEM holds no plain Ed25519 key.");
        return der[prefix.Length..];
    }

    private static void RequireLength(ReadOnlySpan<byte> key)
    {
        if (key.Length != Length) throw new ArgumentException($"An Ed25519 key has {Length} bytes.", nameof(key));
    }
}
