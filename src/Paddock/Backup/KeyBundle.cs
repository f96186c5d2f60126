using System.Text.Json;
using Paddock.Audit;
using Paddock.Store;

namespace Paddock.Backup;

/// <summary>The keys of a data directory in one file of their own (0600): what makes secrets and recordings readable, and the audit verifiable.</summary>
internal sealed record KeyBundle
{
    private const int CurrentFormat = 1;
    private const int MostBytes = 1 << 20;

    public int Format { get; init; } = CurrentFormat;

    public required IReadOnlyDictionary<string, byte[]> Keys { get; init; }

    /// <summary>The audit's key; null where the bundle has none.</summary>
    public byte[]? Audit => Keys.GetValueOrDefault(AuditStore.KeyFile) is { Length: AuditChain.KeyLength } key ? key : null;

    /// <summary>The keys that lie in a data directory.</summary>
    /// <exception cref="StoreException">There is no such directory.</exception>
    public static KeyBundle Of(string dataDirectory)
    {
        if (!Directory.Exists(dataDirectory)) throw new StoreException($"There is no store in {dataDirectory}. Name its data directory with --data.");
        var files = Directory.EnumerateFiles(dataDirectory, "*.key").Where(p => IsName(Path.GetFileName(p)));
        return new() { Keys = files.Order(StringComparer.Ordinal).ToDictionary(p => Path.GetFileName(p), File.ReadAllBytes, StringComparer.Ordinal) };
    }

    /// <summary>Reads a file of keys.</summary>
    /// <exception cref="StoreException">It is none.</exception>
    public static KeyBundle Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length <= MostBytes && JsonSerializer.Deserialize<KeyBundle>(File.ReadAllBytes(path)) is { Format: CurrentFormat } bundle && bundle.Keys.Keys.All(IsName))
                return bundle;
        }
        catch (JsonException)
        {
            // Told below, like every other content that is none.
        }

        throw new StoreException($"{path} holds no keys of a backup. Name the file that paddock backup wrote with --keys.");
    }

    public void Write(string path) => PrivateFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this));

    public void WriteInto(string dataDirectory)
    {
        foreach (var (name, key) in Keys) PrivateFile.Write(Path.Combine(dataDirectory, name), key);
    }

    // SECURITY: a name is a file's name in the data directory, and never a path.
    private static bool IsName(string name) => name.EndsWith(".key", StringComparison.Ordinal) && name.Length is > 4 and <= 64 && name[..^4].All(c => char.IsAsciiLetterLower(c) || c == '-');
}
