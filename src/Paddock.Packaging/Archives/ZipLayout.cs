using System.Buffers.Binary;

namespace Paddock.Packaging.Archives;

/// <summary>Checks that the entries' own headers say what the directory says, and that the entries fill the zip without overlap and without room between them.</summary>
internal static class ZipLayout
{
    private const int LocalLength = 30;
    private const uint LocalSignature = 0x04034b50, DescriptorSignature = 0x08074b50;

    // Times, owners, and padding. Not 0x0001 (ZIP64), 0x7075 (a second name), 0x000d and 0x756e (which can hold the target of a link).
    private static readonly ushort[] AllowedExtra = [0x5455, 0x5855, 0x7855, 0x7875, 0x000a, 0xcafe];

    /// <summary>Where each entry's data lies, in the order given; null with a finding where the layout is not plain.</summary>
    public static IReadOnlyList<(int Start, int Length)>? Check(ReadOnlySpan<byte> zip, List<ZipEntry> entries, long directory, PackageContents contents)
    {
        var data = new (int Start, int Length)[entries.Count];
        bool sound = true;
        long at = 0;
        foreach (int index in Enumerable.Range(0, entries.Count).OrderBy(i => entries[i].Offset))
        {
            var entry = entries[index];
            if (entry.Offset != at)
            {
                contents.Report(PackageCodes.ArchiveOverlap, entry.Offset < at ? "The entry overlaps the one before it." : "There is something between the entry and the one before it.", Printable.Text(entry.Path), "Pack it again.");
                return null;
            }

            if (Measure(zip, entry, directory) is not { } lies)
            {
                contents.Report(PackageCodes.ArchiveMismatch, "The entry's own header says something else than the zip's list.", Printable.Text(entry.Path), "Pack it again.");
                return null;
            }

            data[index] = lies.Data;
            at = lies.End;
        }

        if (at != directory)
        {
            contents.Report(PackageCodes.ArchiveOverlap, "There is something between the last entry and the zip's list.", null, "Pack it again.");
            sound = false;
        }

        return sound ? data : null;
    }

    /// <summary>Whether an extra field holds only what is allowed.</summary>
    public static bool CheckExtra(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int length = 4 + BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (Array.IndexOf(AllowedExtra, BinaryPrimitives.ReadUInt16LittleEndian(extra)) < 0 || length > extra.Length) return false;
            extra = extra[length..];
        }

        return extra.IsEmpty;
    }

    private static ((int, int) Data, long End)? Measure(ReadOnlySpan<byte> zip, ZipEntry entry, long directory)
    {
        if (entry.Offset + LocalLength > directory) return null;
        var header = zip[(int)entry.Offset..(int)directory];
        int nameLength = U16(header[26..]), extraLength = U16(header[28..]);
        long start = LocalLength + nameLength + extraLength, end = start + entry.Compressed;
        if (U32(header) != LocalSignature || end > header.Length
            || !header.Slice(LocalLength, nameLength).SequenceEqual(entry.RawName.Span)
            || U16(header[6..]) != entry.Flags || U16(header[8..]) != entry.Method
            || !CheckExtra(header.Slice(LocalLength + nameLength, extraLength)))
            return null;
        bool same = U32(header[14..]) == entry.Crc && U32(header[18..]) == entry.Compressed && U32(header[22..]) == entry.Size;
        if (!entry.HasDescriptor) return same ? (Place(entry, start), entry.Offset + end) : null;
        bool empty = U32(header[14..]) == 0 && U32(header[18..]) == 0 && U32(header[22..]) == 0;
        return (same || empty) && Descriptor(header[(int)end..], entry) is { } length ? (Place(entry, start), entry.Offset + end + length) : null;
    }

    private static (int, int) Place(ZipEntry entry, long start) => ((int)(entry.Offset + start), (int)entry.Compressed);

    /// <summary>Length of the descriptor after the data, whose values are those of the directory: with or without its signature.</summary>
    private static int? Descriptor(ReadOnlySpan<byte> after, ZipEntry entry)
    {
        int skip = after.Length >= 4 && U32(after) == DescriptorSignature && !(after.Length >= 12 && Says(after, entry)) ? 4 : 0;
        return after.Length >= skip + 12 && Says(after[skip..], entry) ? skip + 12 : null;
    }

    private static bool Says(ReadOnlySpan<byte> descriptor, ZipEntry entry) =>
        U32(descriptor) == entry.Crc && U32(descriptor[4..]) == entry.Compressed && U32(descriptor[8..]) == entry.Size;

    private static int U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
