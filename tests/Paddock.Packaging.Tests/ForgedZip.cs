using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Paddock.Packaging.Archives;

namespace Paddock.Packaging.Tests;

/// <summary>An entry of a zip in which every field can lie. What is not set is what an honest writer would put there.</summary>
internal sealed record ForgedEntry(string Name, byte[] Content)
{
    public ForgedEntry(string name, string content = "x")
        : this(name, Encoding.UTF8.GetBytes(content))
    {
    }

    public string? LocalName { get; init; }

    public bool Deflate { get; init; }

    public int? Method { get; init; }

    public int? LocalMethod { get; init; }

    public int Flags { get; init; }

    public int? LocalFlags { get; init; }

    public uint? Crc { get; init; }

    public uint? LocalCrc { get; init; }

    public uint? Size { get; init; }

    public uint? LocalSize { get; init; }

    public uint? Compressed { get; init; }

    public uint Mode { get; init; }

    public byte[] Extra { get; init; } = [];

    public byte[] LocalExtra { get; init; } = [];

    /// <summary>Where the directory says that it lies; null for where it does.</summary>
    public uint? Offset { get; init; }

    /// <summary>Whether it is in the directory, and whether it is there at all.</summary>
    public bool Listed { get; init; } = true;

    public bool Present { get; init; } = true;

    /// <summary>What follows its data.</summary>
    public byte[] After { get; init; } = [];

    public byte[] Data => Deflate ? Squeeze(Content) : Content;

    public uint TrueCrc => Crc32.Compute(Content);

    private static byte[] Squeeze(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var deflate = new DeflateStream(stream, CompressionLevel.SmallestSize)) deflate.Write(content);
        return stream.ToArray();
    }
}

/// <summary>Writes zips that no honest tool would write.</summary>
internal static class ForgedZip
{
    public static PackageSource Source(params ForgedEntry[] more) => PackageSource.FromBytes("package.zip", Write(Whole(more)));

    /// <summary>A good package with something more.</summary>
    public static ForgedEntry[] Whole(params ForgedEntry[] more) =>
        [new ForgedEntry("plugin.yaml", Packages.Manifest), new ForgedEntry("main.js", "module.exports = 1;"), .. more];

    public static byte[] Write(IReadOnlyList<ForgedEntry> entries, byte[]? before = null, byte[]? between = null, byte[]? comment = null, int? count = null)
    {
        var zip = new MemoryStream();
        var directory = new MemoryStream();
        zip.Write(before ?? []);
        foreach (var entry in entries)
        {
            uint offset = (uint)zip.Position;
            if (entry.Present) WriteLocal(zip, entry);
            if (entry.Listed) WriteCentral(directory, entry, entry.Offset ?? offset);
        }

        zip.Write(between ?? []);
        uint at = (uint)zip.Position;
        zip.Write(directory.ToArray());
        int listed = count ?? entries.Count(e => e.Listed);
        Numbers(zip, "42222442", 0x06054b50, 0, 0, (uint)listed, (uint)listed, (uint)directory.Length, at, (uint)(comment?.Length ?? 0));
        zip.Write(comment ?? []);
        return zip.ToArray();
    }

    public static byte[] Descriptor(ForgedEntry entry, bool signed)
    {
        var stream = new MemoryStream();
        if (signed) Numbers(stream, "4", 0x08074b50);
        Numbers(stream, "444", entry.TrueCrc, (uint)entry.Data.Length, (uint)entry.Content.Length);
        return stream.ToArray();
    }

    public static byte[] ExtraField(ushort id, params byte[] data)
    {
        var stream = new MemoryStream();
        Numbers(stream, "22", id, (uint)data.Length);
        stream.Write(data);
        return stream.ToArray();
    }

    private static void WriteLocal(MemoryStream zip, ForgedEntry entry)
    {
        byte[] name = Encoding.UTF8.GetBytes(entry.LocalName ?? entry.Name), data = entry.Data;
        uint method = (uint)(entry.LocalMethod ?? entry.Method ?? (entry.Deflate ? 8 : 0));
        Numbers(zip, "42222244422", 0x04034b50, 20, (uint)(entry.LocalFlags ?? entry.Flags), method, 0, 0x21, entry.LocalCrc ?? entry.Crc ?? entry.TrueCrc, entry.Compressed ?? (uint)data.Length, entry.LocalSize ?? entry.Size ?? (uint)entry.Content.Length, (uint)name.Length, (uint)entry.LocalExtra.Length);
        zip.Write(name);
        zip.Write(entry.LocalExtra);
        zip.Write(data);
        zip.Write(entry.After);
    }

    private static void WriteCentral(MemoryStream directory, ForgedEntry entry, uint offset)
    {
        byte[] name = Encoding.UTF8.GetBytes(entry.Name);
        uint method = (uint)(entry.Method ?? (entry.Deflate ? 8 : 0));
        Numbers(directory, "42222224442222244", 0x02014b50, 0x314, 20, (uint)entry.Flags, method, 0, 0x21, entry.Crc ?? entry.TrueCrc, entry.Compressed ?? (uint)entry.Data.Length, entry.Size ?? (uint)entry.Content.Length, (uint)name.Length, (uint)entry.Extra.Length, 0, 0, 0, entry.Mode << 16, offset);
        directory.Write(name);
        directory.Write(entry.Extra);
    }

    /// <param name="stream">Where they go.</param>
    /// <param name="lengths">How many bytes each has, a digit each.</param>
    /// <param name="values">The numbers.</param>
    private static void Numbers(MemoryStream stream, string lengths, params ReadOnlySpan<uint> values)
    {
        Span<byte> four = stackalloc byte[4];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(four, values[i]);
            stream.Write(four[..(lengths[i] - '0')]);
        }
    }
}
