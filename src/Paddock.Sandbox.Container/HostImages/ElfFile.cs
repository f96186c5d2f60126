using System.Buffers.Binary;
using System.Text;

namespace Paddock.Sandbox.Container.HostImages;

/// <summary>What an ELF file of 64 bits needs to be loaded: its interpreter and its libraries. System V ABI, "Program Header" and "Dynamic Section".</summary>
internal sealed record ElfFile(string? Interpreter, IReadOnlyList<string> Needed, IReadOnlyList<string> SearchPaths)
{
    private const uint Load = 1, Dynamic = 2, Interp = 3;
    private const long DtNeeded = 1, DtStrTab = 5, DtRPath = 15, DtRunPath = 29;

    /// <summary>Null for what is no such file.</summary>
    internal static ElfFile? Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length < 64 || !bytes.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8)) return null;
        var segments = Segments(bytes).ToList();
        string? interpreter = segments.Where(s => s.Type == Interp).Select(s => Text(bytes, s.Offset)).FirstOrDefault();
        if (segments.FirstOrDefault(s => s.Type == Dynamic) is not { Size: > 0 } dynamic) return new ElfFile(interpreter, [], []);
        var tags = Tags(bytes, dynamic).ToList();
        ulong strings = ToOffset(segments, tags.First(t => t.Tag == DtStrTab).Value);
        string[] Texts(params long[] kinds) => [.. tags.Where(t => kinds.Contains(t.Tag)).Select(t => Text(bytes, strings + t.Value))];
        string origin = Path.GetDirectoryName(path)!;
        return new ElfFile(interpreter, Texts(DtNeeded), [.. Texts(DtRPath, DtRunPath).SelectMany(p => p.Split(':')).Select(p => p.Replace("$ORIGIN", origin, StringComparison.Ordinal))]);
    }

    private static IEnumerable<Segment> Segments(byte[] bytes)
    {
        int offset = (int)U64(bytes, 32), size = U16(bytes, 54), count = U16(bytes, 56);
        for (int i = 0; i < count; i++, offset += size)
            yield return new Segment(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset)), U64(bytes, (ulong)offset + 8), U64(bytes, (ulong)offset + 16), U64(bytes, (ulong)offset + 32));
    }

    private static IEnumerable<(long Tag, ulong Value)> Tags(byte[] bytes, Segment dynamic)
    {
        for (ulong at = dynamic.Offset; at < dynamic.Offset + dynamic.Size; at += 16)
        {
            long tag = (long)U64(bytes, at);
            if (tag == 0) yield break;
            yield return (tag, U64(bytes, at + 8));
        }
    }

    private static ulong ToOffset(List<Segment> segments, ulong address)
    {
        var load = segments.First(s => s.Type == Load && address >= s.Address && address < s.Address + s.Size);
        return address - load.Address + load.Offset;
    }

    private static string Text(byte[] bytes, ulong at)
    {
        var rest = bytes.AsSpan((int)at);
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static ulong U64(byte[] bytes, ulong at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan((int)at));

    private sealed record Segment(uint Type, ulong Offset, ulong Address, ulong Size);
}
