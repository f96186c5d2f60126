namespace Paddock.Lifecycle;

/// <summary>What can be seen of an entry without reading it: changes when somebody writes it.</summary>
internal static class EntryFingerprint
{
    private const int MostFiles = 10_000;

    /// <summary>Names, sizes and times of a file, or of all files of a directory; null where there is nothing.</summary>
    public static string? Of(string path)
    {
        if (File.Exists(path)) return Of(new FileInfo(path));
        if (!Directory.Exists(path)) return null;
        try
        {
            var files = new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Take(MostFiles).OrderBy(f => f.FullName, StringComparer.Ordinal);
            return string.Join('\n', files.Select(Of).Prepend(path));
        }
        catch (IOException)
        {
            // It changes under our eyes: no two fingerprints of now are equal.
            return Guid.NewGuid().ToString();
        }
    }

    private static string Of(FileInfo file) => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}";
}
