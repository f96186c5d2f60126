using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Paddock.Backup;

/// <summary>The first entry of a backup: what the others are.</summary>
internal sealed record BackupManifest
{
    public const int CurrentFormat = 1;
    public const string EntryName = "backup.json";
    public const string MacEntryName = "backup.mac";
    public const int MostBytes = 64 << 20;

    public int Format { get; init; } = CurrentFormat;

    public required DateTimeOffset CreatedAt { get; init; }

    public required int SchemaVersion { get; init; }

    /// <summary>Every other file, in the order of its entries.</summary>
    public required IReadOnlyList<BackupFile> Files { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads a manifest; null where it is none of this format.</summary>
    public static BackupManifest? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(json);
            return manifest?.Format == CurrentFormat && manifest.Files.All(f => f.IsValid) ? manifest : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Binds a manifest, and so all digests in it, to the key of the audit.</summary>
    // SECURITY: a backup changed where it is kept, digests and all. Who has the keys can tell.
    public static byte[] Mac(ReadOnlySpan<byte> json, byte[] auditKey)
    {
        byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, auditKey, SHA256.HashSizeInBytes, info: Encoding.UTF8.GetBytes("paddock backup 1"));
        return HMACSHA256.HashData(key, json);
    }
}

/// <summary>One file of a backup.</summary>
/// <param name="Path">Its path in the data directory.</param>
/// <param name="Sha256">Digest in lower-case hex.</param>
/// <param name="Size">Bytes.</param>
internal sealed record BackupFile(string Path, string Sha256, long Size)
{
    private const int HashCharacters = 64;
    public const string BlobFolder = "blobs/";

    public bool IsBlob => Path.StartsWith(BlobFolder, StringComparison.Ordinal);

    // SECURITY: a path out of the directory. There are two kinds of path, and nothing else is one.
    public bool IsValid => Size >= 0 && IsHash(Sha256) && (Path == Store.DataDirectory.DatabaseName || (IsBlob && Path[BlobFolder.Length..] == Sha256));

    public static bool IsHash(string text) => text.Length == HashCharacters && text.All(char.IsAsciiHexDigitLower);
}
