namespace Paddock.Packaging.Archives;

/// <summary>An entry as the zip's directory has it.</summary>
internal sealed record ZipEntry
{
    public required string Path { get; init; }

    public required bool IsDirectory { get; init; }

    public required int Flags { get; init; }

    public required int Method { get; init; }

    public required uint Crc { get; init; }

    public required long Compressed { get; init; }

    public required long Size { get; init; }

    /// <summary>Where its local header begins.</summary>
    public required long Offset { get; init; }

    public required ReadOnlyMemory<byte> RawName { get; init; }

    public bool HasDescriptor => (Flags & ZipReader.DescriptorFlag) != 0;
}
