using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Paddock.Store;

/// <summary>Bytes by their SHA-256, as files of the data directory. A file is there whole or not at all, and never changes.</summary>
internal sealed partial class BlobStore
{
    private const int HashCharacters = 64;
    private readonly string _root;

    public BlobStore(DataDirectory directory)
    {
        _root = Path.Combine(directory.Path, "blobs");
        directory.CreateDirectory("blobs");
    }

    /// <summary>Keeps bytes; durable when it returns. Bytes that are there already, and still whole, are not written again.</summary>
    /// <returns>Their SHA-256 in lower-case hex.</returns>
    public string Put(ReadOnlySpan<byte> content)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(content));
        string path = PathOf(hash);
        if (Read(hash) is not null) return hash;
        string fresh = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.new";
        using (var stream = new FileStream(fresh, DataDirectory.Private(FileMode.CreateNew, FileAccess.Write)))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        // A rename is atomic: a crash before it leaves a file that the next sweep removes, one after it the whole blob.
        File.Move(fresh, path, overwrite: true);
        SyncDirectory(_root);
        return hash;
    }

    /// <summary>The bytes, or null where they are not there or are no longer what they were.</summary>
    // SECURITY: a file rewritten behind the host's back. The hash is taken over what was read, not over what lies there.
    public byte[]? Read(string hash)
    {
        try
        {
            byte[] content = File.ReadAllBytes(PathOf(hash));
            return CryptographicOperations.FixedTimeEquals(SHA256.HashData(content), Convert.FromHexString(hash)) ? content : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes what nothing refers to. Only while nothing is being installed.</summary>
    public int Sweep(IReadOnlySet<string> referenced)
    {
        int removed = 0;
        foreach (string file in Directory.EnumerateFiles(_root))
        {
            if (referenced.Contains(Path.GetFileName(file))) continue;
            File.Delete(file);
            removed++;
        }

        return removed;
    }

    private string PathOf(string hash) => hash.Length == HashCharacters && hash.All(char.IsAsciiHexDigitLower)
        ? Path.Combine(_root, hash)
        : throw new ArgumentException("It is no SHA-256 in lower-case hex.", nameof(hash));

    // A rename is on the disk when its directory is. .NET opens no directories; where this fails, a loss of power (never a
    // crash of the process) may take the newest package back, and loading it says so.
    private static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        int descriptor = Open(path, 0);
        if (descriptor < 0) return;
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
