using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Paddock.HostApi.Secrets;

/// <summary>Encrypts plugins' secrets for storage (AES-256-GCM), each bound to its tenant, plugin and name: moved to another row, it does not decrypt. Safe to use from several threads.</summary>
public sealed class SecretProtector : IDisposable
{
    private const byte Format = 1;
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int LongestSecret = 64 << 10;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _key;

    /// <summary>With this key.</summary>
    /// <param name="key">32 random bytes; copied.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public SecretProtector(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyBytes) throw new ArgumentException($"A key has {KeyBytes} bytes.", nameof(key));
        _key = key.ToArray();
    }

    /// <summary>With the key in a file, which is made (owner's only) where there is none. It belongs outside every directory that can be granted, and apart from backups of the data.</summary>
    /// <exception cref="IOException">It cannot be read or made, or it is no key.</exception>
    /// <exception cref="UnauthorizedAccessException">Others than its owner may read or change it.</exception>
    public static SecretProtector FromKeyFile(string path)
    {
        var key = SecretKeyFile.ReadOrCreate(path, KeyBytes);
        try
        {
            return new SecretProtector(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Encrypts a secret.</summary>
    /// <param name="tenant">Tenant of the plugin.</param>
    /// <param name="pluginId">The plugin.</param>
    /// <param name="name">The secret's name.</param>
    /// <param name="plaintext">At most 64 KiB in UTF-8.</param>
    /// <exception cref="ArgumentException">It is too long, or no text.</exception>
    public byte[] Protect(string tenant, string pluginId, string name, string plaintext)
    {
        ArgumentNullException.ThrowIfNull(plaintext);
        var plain = Strict.GetBytes(plaintext);
        try
        {
            if (plain.Length > LongestSecret) throw new ArgumentException($"A secret has at most {LongestSecret} bytes.", nameof(plaintext));
            var envelope = new byte[1 + NonceBytes + TagBytes + plain.Length];
            envelope[0] = Format;
            var nonce = envelope.AsSpan(1, NonceBytes);
            RandomNumberGenerator.Fill(nonce);
            using var aes = new AesGcm(_key, TagBytes);
            aes.Encrypt(nonce, plain, envelope.AsSpan(1 + NonceBytes + TagBytes), envelope.AsSpan(1 + NonceBytes, TagBytes), Bound(tenant, pluginId, name));
            return envelope;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Decrypts a secret.</summary>
    /// <exception cref="CryptographicException">It was altered, belongs to another tenant, plugin or name, or was encrypted with another key.</exception>
    public string Unprotect(string tenant, string pluginId, string name, ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < 1 + NonceBytes + TagBytes || envelope[0] != Format) throw new CryptographicException("This is no secret that was encrypted here.");
        var plain = new byte[envelope.Length - 1 - NonceBytes - TagBytes];
        try
        {
            using var aes = new AesGcm(_key, TagBytes);
            aes.Decrypt(envelope.Slice(1, NonceBytes), envelope[(1 + NonceBytes + TagBytes)..], envelope.Slice(1 + NonceBytes, TagBytes), plain, Bound(tenant, pluginId, name));
            return Strict.GetString(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    // SECURITY: whoever can write the database could otherwise copy one plugin's ciphertext into another's row, and have the host send
    // it where that other plugin may. Each part has its length before it: "a"+"bc" is not "ab"+"c".
    private static byte[] Bound(params ReadOnlySpan<string> parts)
    {
        using var bound = new MemoryStream();
        bound.Write("paddock secret 1\0"u8);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Strict.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            bound.Write(length);
            bound.Write(bytes);
        }

        return bound.ToArray();
    }
}
