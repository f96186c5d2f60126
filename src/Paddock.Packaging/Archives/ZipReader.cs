using System.Buffers.Binary;
using System.Text;

namespace Paddock.Packaging.Archives;

/// <summary>Reads a zip of the plain kind: entries one after another from the first byte, then their list, then its end, and nothing else. Any bytes give files or findings.</summary>
/// <remarks>.NET's ZipArchive takes the directory's word for everything and cannot see what lies between entries; two readers of one such file see different packages.</remarks>
// SECURITY: the zip says everything twice (local header, directory) and says where things are: duplicates, overlaps, gaps,
// second names in extra fields and sizes that differ are ways to show a scanner one thing and the host another.
internal sealed class ZipReader
{
    internal const int DescriptorFlag = 0x8;
    private const int EndLength = 22, CentralLength = 46;
    private const uint EndSignature = 0x06054b50, CentralSignature = 0x02014b50;
    private const int EncryptedFlags = 0x41 | 0x2000, KnownFlags = 0x6 | DescriptorFlag | 0x800;
    private const int Stored = 0, Deflated = 8;

    private readonly ReadOnlyMemory<byte> _zip;
    private readonly PackageContents _contents;

    private ZipReader(ReadOnlyMemory<byte> zip, PackageContents contents)
    {
        _zip = zip;
        _contents = contents;
    }

    public static void Read(ReadOnlyMemory<byte> zip, PackageContents contents, CancellationToken cancellationToken) =>
        new ZipReader(zip, contents).Read(cancellationToken);

    private void Read(CancellationToken cancellationToken)
    {
        if (ReadDirectory() is not { } entries) return;
        bool sound = true;
        foreach (var entry in entries) sound &= Expect(entry);
        // Nothing is unpacked before all of the directory was found to be good.
        if (!sound || !CheckRatio(entries) || ZipLayout.Check(_zip.Span, entries, DirectoryOffset(), _contents) is not { } data) return;
        foreach (var (entry, content) in entries.Zip(data))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.IsDirectory) continue;
            if (ZipContent.Unpack(entry, _zip.Slice(content.Start, content.Length), _contents) is { } bytes) _contents.Keep(entry.Path, bytes);
        }
    }

    private long DirectoryOffset() => BinaryPrimitives.ReadUInt32LittleEndian(_zip.Span[^6..]);

    private List<ZipEntry>? ReadDirectory()
    {
        var zip = _zip.Span;
        if (zip.Length < EndLength || BinaryPrimitives.ReadUInt32LittleEndian(zip[^EndLength..]) != EndSignature || zip[^2] != 0 || zip[^1] != 0)
            return Invalid("The zip does not end where a zip without a comment ends.", "Pack it without a comment and without anything after it.");
        var end = zip[^EndLength..];
        int count = U16(end[10..]);
        long size = U32(end[12..]), offset = U32(end[16..]);
        if (U16(end[4..]) != 0 || U16(end[6..]) != 0 || U16(end[8..]) != count || offset + size != zip.Length - EndLength)
            return Invalid("The zip's list of entries is not where its end says, or it is one of several parts, or ZIP64.", "Pack it as one plain zip.");
        // The list is read only as far as the limit; that there are more is enough to know.
        var entries = new List<ZipEntry>();
        int at = (int)offset, stop = zip.Length - EndLength, most = 4 * _contents.Limits.Files;
        for (int i = 0; i < Math.Min(count, most); i++)
        {
            if (ReadEntry(ref at, stop) is not { } entry) return null;
            entries.Add(entry);
        }

        if (count <= most && at == stop) return entries;
        if (count <= most) return Invalid("The zip's list of entries is longer than its entries.", "Pack it again.");
        _contents.Report(PackageCodes.TooManyFiles, $"There are more than {_contents.Limits.Files} files.");
        return null;
    }

    private ZipEntry? ReadEntry(ref int at, int stop)
    {
        var header = _zip.Span[at..stop];
        if (header.Length < CentralLength || U32(header) != CentralSignature) return InvalidEntry();
        int nameLength = U16(header[28..]), extraLength = U16(header[30..]), commentLength = U16(header[32..]);
        int length = CentralLength + nameLength + extraLength + commentLength;
        if (header.Length < length || U16(header[34..]) != 0) return InvalidEntry();
        var rawName = _zip.Slice(at + CentralLength, nameLength);
        at += length;
        // Latin-1 keeps every byte apart; only ASCII passes the check of the path that follows.
        string name = Encoding.Latin1.GetString(rawName.Span);
        if (CheckEntry(header, name, header.Slice(CentralLength + nameLength, extraLength)) is { } fault)
        {
            _contents.Report(fault.Code, fault.Message, Printable.Text(name));
            return Damaged(name);
        }

        return new ZipEntry
        {
            Path = name.TrimEnd('/'),
            IsDirectory = name.EndsWith('/'),
            Flags = U16(header[8..]),
            Method = U16(header[10..]),
            Crc = U32(header[16..]),
            Compressed = U32(header[20..]),
            Size = U32(header[24..]),
            Offset = U32(header[42..]),
            RawName = rawName,
        };
    }

    private static (string Code, string Message)? CheckEntry(ReadOnlySpan<byte> header, string name, ReadOnlySpan<byte> extra)
    {
        int flags = U16(header[8..]), method = U16(header[10..]);
        int kind = (int)(U32(header[38..]) >> 16) & 0xF000;
        bool directory = name.EndsWith('/');
        if ((flags & EncryptedFlags) != 0) return (PackageCodes.ArchiveUnsupported, "The entry is encrypted.");
        if ((flags & ~KnownFlags) != 0) return (PackageCodes.ArchiveUnsupported, "The entry uses features of zip that are not allowed.");
        if (method is not (Stored or Deflated)) return (PackageCodes.ArchiveUnsupported, "The entry is neither stored nor deflated.");
        if (kind is not (0 or 0x8000 or 0x4000)) return (PackageCodes.FileKind, kind == 0xA000 ? "The entry is a link." : "The entry is neither a file nor a directory.");
        if (directory != (kind == 0x4000) && kind != 0) return (PackageCodes.FileKind, "The entry's name and its mode say different kinds.");
        if (directory && (U32(header[24..]) != 0 || name.EndsWith("//", StringComparison.Ordinal) || name.Length < 2))
            return (PackageCodes.ArchiveInvalid, "The entry is a directory with content, or without a name.");
        if (method == Stored && U32(header[20..]) != U32(header[24..])) return (PackageCodes.ArchiveInvalid, "The entry is stored, but its two sizes differ.");
        return ZipLayout.CheckExtra(extra) ? null : (PackageCodes.ArchiveUnsupported, "The entry has an extra field that is not allowed (ZIP64, a second name, a link).");
    }

    private bool Expect(ZipEntry entry)
    {
        if (entry.Method < 0) return false;
        if (!entry.IsDirectory) return _contents.Expect(entry.Path, entry.Size);
        if (PackagePath.Fault(entry.Path) is not { } fault) return true;
        _contents.Report(PackageCodes.PathInvalid, $"The path {fault}", Printable.Text(entry.Path));
        return false;
    }

    private bool CheckRatio(List<ZipEntry> entries)
    {
        long total = entries.Sum(e => e.Size);
        if (total <= _contents.Limits.RatioFrom || total <= _zip.Length * (long)_contents.Limits.Ratio) return true;
        _contents.Report(PackageCodes.ArchiveRatio, $"The zip unpacks to {total / Math.Max(1, _zip.Length)} times its size.", null, "Leave out what is nothing but padding.");
        return false;
    }

    private List<ZipEntry>? Invalid(string message, string mend)
    {
        _contents.Report(PackageCodes.ArchiveInvalid, message, null, mend);
        return null;
    }

    private ZipEntry? InvalidEntry()
    {
        _contents.Report(PackageCodes.ArchiveInvalid, "The zip's list of entries is damaged.", null, "Pack it again.");
        return null;
    }

    private static ZipEntry Damaged(string name) => new()
    {
        Path = name, IsDirectory = false, Flags = 0, Method = -1, Crc = 0, Compressed = 0, Size = 0, Offset = 0, RawName = default,
    };

    private static int U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
