using System.Formats.Tar;
using System.IO.Compression;

namespace Paddock.Wasm.Conformance;

/// <summary>The official test suite, as wast2json left it: command files and the modules they name. Read into memory; nothing is unpacked to disk.</summary>
public sealed class SuiteArchive
{
    private const string RelativePath = "shared/conformance/wasm-spec-2.0.tgz";

    private readonly Dictionary<string, byte[]> _files;

    private SuiteArchive(Dictionary<string, byte[]> files) => _files = files;

    /// <summary>Names of the suite's files, without extension, in order.</summary>
    public IReadOnlyList<string> Names => [.. _files.Keys.Where(f => f.EndsWith(".json", StringComparison.Ordinal)).Select(f => f[..^5]).Order(StringComparer.Ordinal)];

    /// <summary>A file of the archive by its name.</summary>
    public byte[] this[string file] => _files[file];

    /// <summary>Whether a file of the suite needs the vector instructions.</summary>
    public static bool NeedsVectors(string name) => name.StartsWith("simd_", StringComparison.Ordinal);

    /// <summary>Where the suite lies: beside the root of the clone this program was built in; null when it is not there.</summary>
    public static string? Locate()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Paddock.slnx")) || folder.Parent is null) continue;
            var path = Path.Combine(folder.Parent.FullName, RelativePath);
            return File.Exists(path) ? path : null;
        }

        return null;
    }

    public static SuiteArchive Open(string path)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) continue;
            var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            files[Path.GetFileName(entry.Name)] = content.ToArray();
        }

        return new SuiteArchive(files);
    }
}
