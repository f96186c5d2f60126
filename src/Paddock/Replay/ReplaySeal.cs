using System.Security.Cryptography;
using System.Text;

namespace Paddock.Replay;

/// <summary>AES-256-GCM under the key of recordings, which is not in the database: nonce, tag, ciphertext.</summary>
// SECURITY: a recording holds inputs, config and what host calls answered. Whoever reads the database, or a backup of it
// without its keys, reads none of that; and what a recording belongs to is bound to it, so that none can be put in the place
// of another.
internal sealed class ReplaySeal(byte[] key)
{
    public const int KeyLength = 32;
    public const string KeyFile = "replay.key";
    private static readonly int NonceLength = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagLength = AesGcm.TagByteSizes.MaxSize;

    public byte[] Close(ReadOnlySpan<byte> plain, params ReadOnlySpan<string> belongsTo)
    {
        byte[] box = new byte[NonceLength + TagLength + plain.Length];
        var nonce = box.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plain, box.AsSpan(NonceLength + TagLength), box.AsSpan(NonceLength, TagLength), Bind(belongsTo));
        return box;
    }

    /// <summary>What was sealed; null where it was changed, belongs elsewhere, or was sealed with another key.</summary>
    public byte[]? Open(ReadOnlySpan<byte> box, params ReadOnlySpan<string> belongsTo)
    {
        if (box.Length < NonceLength + TagLength) return null;
        byte[] plain = new byte[box.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        try
        {
            aes.Decrypt(box[..NonceLength], box[(NonceLength + TagLength)..], box.Slice(NonceLength, TagLength), plain, Bind(belongsTo));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    // Each part with its length: parts can not flow into one another.
    private static byte[] Bind(ReadOnlySpan<string> parts)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write("paddock replay 1");
        foreach (string part in parts) writer.Write(part);
        writer.Flush();
        return stream.ToArray();
    }
}
