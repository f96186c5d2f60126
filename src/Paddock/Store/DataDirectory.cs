namespace Paddock.Store;

/// <summary>The directory that holds all a host keeps. Held by one process at a time: caches and the audit chain rely on it.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerOnly | UnixFileMode.UserExecute;
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Name of the database in the directory.</summary>
    public const string DatabaseName = "paddock.db";

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Path of the database.</summary>
    public string Database => System.IO.Path.Combine(Path, DatabaseName);

    /// <summary>Whether other users of the machine can enter the directory.</summary>
    public bool IsOpenToOthers => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & ~OwnerDirectory) != 0;

    /// <summary>Takes hold of the directory, and makes it (0700) where it is not there.</summary>
    /// <exception cref="StoreException">Another process holds it, or it cannot be made or written.</exception>
    public static DataDirectory Hold(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(full);
            else Directory.CreateDirectory(full, OwnerDirectory);
            // The kernel drops the lock with the process, however it ends; the file stays and says nothing.
            var held = new FileStream(System.IO.Path.Combine(full, "paddock.lock"), PrivateFile.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite));
            var directory = new DataDirectory(full, held);
            CreatePrivately(directory.Database);
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException("The data directory is in use by another process, or cannot be written.", e);
        }
    }

    /// <summary>The bytes of a key file (0600).</summary>
    /// <param name="name">Its name in the directory.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="firstUse">Told of a key that was just made, before it is kept: if that fails or the process ends there, the next start makes another.</param>
    public byte[] Key(string name, int length, Action<byte[]> firstUse)
    {
        string path = System.IO.Path.Combine(Path, name);
        if (!File.Exists(path))
        {
            byte[] made = System.Security.Cryptography.RandomNumberGenerator.GetBytes(length);
            firstUse(made);
            // Never over a key that is there: what it sealed would be lost.
            PrivateFile.Write(path, made, overwrite: false);
        }

        byte[] key = File.ReadAllBytes(path);
        return key.Length == length ? key : throw new StoreException($"The key file {name} in the data directory is damaged. Restore it from a backup.");
    }

    /// <summary>Makes a directory (0700) in it, where it is not there.</summary>
    public void CreateDirectory(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerDirectory);
    }

    public void Dispose() => _lock.Dispose();

    // SQLite gives its journal files the mode of the database, so this one mode decides for all of them.
    private static void CreatePrivately(string path)
    {
        using var stream = new FileStream(path, PrivateFile.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(stream.SafeFileHandle, OwnerOnly);
    }
}
