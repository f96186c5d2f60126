namespace Paddock.Packaging;

/// <summary>Looks for an export of a WebAssembly module. What is damaged has none: the engine says the rest.</summary>
internal static class WasmExports
{
    private const int ExportSection = 7;

    public static bool Has(ReadOnlySpan<byte> module, string name)
    {
        Span<byte> wanted = stackalloc byte[64];
        int length = System.Text.Encoding.ASCII.GetBytes(name, wanted);
        for (var rest = module.Length > 8 ? module[8..] : []; rest.Length > 1;)
        {
            int id = rest[0];
            rest = rest[1..];
            if (!TryNumber(ref rest, out int size) || size > rest.Length) return false;
            if (id == ExportSection) return InSection(rest[..size], wanted[..length]);
            rest = rest[size..];
        }

        return false;
    }

    private static bool InSection(ReadOnlySpan<byte> section, ReadOnlySpan<byte> wanted)
    {
        if (!TryNumber(ref section, out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!TryNumber(ref section, out int length) || length > section.Length) return false;
            if (section[..length].SequenceEqual(wanted)) return true;
            section = section[length..];
            if (section.IsEmpty) return false;
            section = section[1..];
            if (!TryNumber(ref section, out _)) return false;
        }

        return false;
    }

    /// <summary>An unsigned LEB128 number below 2^31.</summary>
    private static bool TryNumber(ref ReadOnlySpan<byte> bytes, out int number)
    {
        long value = 0;
        for (int i = 0; i < Math.Min(5, bytes.Length); i++)
        {
            value |= (long)(bytes[i] & 0x7F) << (7 * i);
            if ((bytes[i] & 0x80) != 0) continue;
            bytes = bytes[(i + 1)..];
            number = (int)value;
            return value <= int.MaxValue;
        }

        number = 0;
        return false;
    }
}
