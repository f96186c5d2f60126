using System.IO.Compression;
using System.Text;

namespace Paddock.Packaging;

/// <summary>Packs packages into zips. The same files give the same bytes, wherever and whenever they are packed.</summary>
public static class PackageArchive
{
    // The first time that a zip can say.
    private static readonly DateTimeOffset Always = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Packs a verified package, with its signature where it has one.</summary>
    public static byte[] Pack(VerifiedPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        return Pack(package.SignatureFile is { } signature ? [.. package.Listing, signature] : package.Listing);
    }

    /// <summary>Packs files. Nothing is checked: <see cref="PackageVerifier"/> does that to whoever reads it.</summary>
    public static byte[] Pack(IEnumerable<PackageFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            foreach (var file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
            {
                var entry = zip.CreateEntry(file.Path, CompressionLevel.SmallestSize);
                entry.LastWriteTime = Always;
                entry.ExternalAttributes = 0x81A4 << 16; // A plain file, 0644, whatever it was where it came from.
                using var content = entry.Open();
                content.Write(file.Content.Span);
            }
        }

        return stream.ToArray();
    }
}
