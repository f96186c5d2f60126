using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Paddock.Store;

/// <summary>Bytes by their SHA-256, as files of the data directory. A file is there whole or not at all, and never changes.</summary>
internal sealed partial class BlobStore
{
    private const int HashCharacters = 64;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _pinned = new(StringComparer.Ordinal);
    private readonly string _root;

    public BlobStore(DataDirectory directory)
    {
        _root = Path.Combine(directory.Path, "blobs");
        directory.CreateDirectory("blobs");
    }

    /// <summary>Begins to keep the bytes of one package. Until it is disposed no sweep takes them, referred to or not.</summary>
    public Pins Pin() => new(this);

    private void Put(string hash, ReadOnlySpan<byte> content)
    {
        string path = PathOf(hash);
        if (Read(hash) is not null) return;
        string fresh = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.new";
        using (var stream = new FileStream(fresh, PrivateFile.Options(FileMode.CreateNew, FileAccess.Write)))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        // A rename is atomic: a crash before it leaves a file that the next sweep removes, one after it the whole blob.
        File.Move(fresh, path, overwrite: true);
        SyncDirectory(_root);
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

    /// <summary>Removes what nothing refers to and nobody is keeping just now.</summary>
    /// <param name="referenced">The hashes that are referred to: asked while nobody can begin to keep more.</param>
    // SECURITY: unbounded growth. Packages that are refused after their bytes were kept, and waiting ones that another takes
    // the place of, count for no quota: their bytes must not stay until the next start.
    public int Sweep(Func<IReadOnlySet<string>> referenced)
    {
        lock (_gate)
        {
            var kept = referenced();
            int removed = 0;
            foreach (string file in Directory.EnumerateFiles(_root))
            {
                string name = Path.GetFileName(file);
                if (kept.Contains(name) || (name.Length >= HashCharacters && _pinned.ContainsKey(name[..HashCharacters]))) continue;
                File.Delete(file);
                removed++;
            }

            return removed;
        }
    }

    public static bool IsHash(string text) => text.Length == HashCharacters && text.All(char.IsAsciiHexDigitLower);

    private string PathOf(string hash) => IsHash(hash)
        ? Path.Combine(_root, hash)
        : throw new ArgumentException("It is no SHA-256 in lower-case hex.", nameof(hash));

    /// <summary>The bytes of a package that is being taken in.</summary>
    public sealed class Pins(BlobStore store) : IDisposable
    {
        private readonly List<string> _hashes = [];

        /// <summary>Keeps bytes; durable when it returns. Bytes that are there already, and still whole, are not written again.</summary>
        /// <returns>Their SHA-256 in lower-case hex.</returns>
        public string Put(ReadOnlySpan<byte> content)
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(content));
            lock (store._gate)
            {
                _hashes.Add(hash);
                store._pinned[hash] = store._pinned.GetValueOrDefault(hash) + 1;
            }

            store.Put(hash, content);
            return hash;
        }

        public void Dispose()
        {
            lock (store._gate)
            {
                foreach (string hash in _hashes)
                {
                    if (--store._pinned[hash] == 0) store._pinned.Remove(hash);
                }

                _hashes.Clear();
            }
        }
    }

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
