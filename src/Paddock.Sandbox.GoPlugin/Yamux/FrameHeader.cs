using System.Buffers.Binary;

namespace Paddock.Sandbox.GoPlugin.Yamux;

/// <summary>What a frame is (yamux's spec.md, "Type Field").</summary>
internal enum FrameType : byte
{
    Data,
    WindowUpdate,
    Ping,
    GoAway,
}

/// <summary>Steps in the life of a stream; any frame of a stream can carry them.</summary>
[Flags]
internal enum FrameFlags : ushort
{
    None = 0,
    Open = 1,
    Accept = 2,
    Finish = 4,
    Reset = 8,
}

/// <summary>The twelve bytes before every frame.</summary>
/// <param name="Type">What follows.</param>
/// <param name="Flags">Steps of the stream's life.</param>
/// <param name="StreamId">The stream; 0 for the session itself.</param>
/// <param name="Length">Bytes that follow, added window, ping's number, or reason.</param>
internal readonly record struct FrameHeader(FrameType Type, FrameFlags Flags, uint StreamId, uint Length)
{
    internal const int Size = 12;
    private const byte Version = 0;

    /// <exception cref="ProtocolException">Another version, or no type of frame.</exception>
    internal static FrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] != Version || bytes[1] > (byte)FrameType.GoAway) throw new ProtocolException("A frame of the plugin's connection is malformed.");
        return new((FrameType)bytes[1], (FrameFlags)BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));
    }

    internal void Write(Span<byte> bytes)
    {
        bytes[0] = Version;
        bytes[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Length);
    }
}
