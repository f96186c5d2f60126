using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Paddock.Packaging.Archives;

/// <summary>Unpacks one entry, to exactly the size that its header says and no byte more.</summary>
internal static class ZipContent
{
    public static byte[]? Unpack(ZipEntry entry, ReadOnlyMemory<byte> data, PackageContents contents)
    {
        string shown = Printable.Text(entry.Path);
        // A byte of deflate unpacks to at most 1,032: a size beyond that is refused before it is set aside.
        byte[]? content = entry.Method == 0 ? data.ToArray() : entry.Size / 1032 <= entry.Compressed ? Inflate(entry, data) : null;
        if (content is null || Crc32.Compute(content) != entry.Crc)
        {
            contents.Report(PackageCodes.ArchiveContent, "The entry's content is not what its size and checksum say.", shown, "Pack it again.");
            return null;
        }

        if (content.AsSpan().StartsWith("PK\u0003\u0004"u8))
            contents.Report(PackageCodes.ArchiveNested, "This is a zip within the package. It is never opened.", shown, "Unpack it if it is part of the plugin.", FindingSeverity.Warning);
        return content;
    }

    private static byte[]? Inflate(ZipEntry entry, ReadOnlyMemory<byte> data)
    {
        var content = new byte[entry.Size];
        try
        {
            MemoryMarshal.TryGetArray(data, out var array);
            using var stream = new MemoryStream(array.Array ?? [], array.Offset, array.Count, writable: false);
            using var inflate = new DeflateStream(stream, CompressionMode.Decompress);
            int read = inflate.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            // SECURITY: a bomb that says it is small: what comes after the size it names is not read, and the entry is refused.
            return read == content.Length && inflate.ReadByte() < 0 ? content : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
