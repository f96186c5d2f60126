using System.Buffers.Binary;

namespace Paddock.Sandbox.GoPlugin.Grpc;

/// <summary>gRPC's messages in a body: a byte that says whether it is compressed (never here), four of length, the message.</summary>
internal static class GrpcFrame
{
    internal const int PrefixBytes = 5;
    internal const string ContentType = "application/grpc";

    internal static byte[] Write(ReadOnlySpan<byte> message)
    {
        var frame = new byte[PrefixBytes + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame.AsSpan(PrefixBytes));
        return frame;
    }

    /// <summary>The next message; null at the end of the body.</summary>
    /// <exception cref="ProtocolException">It is malformed, compressed, or larger than it may be.</exception>
    /// <param name="body">Where it is.</param>
    /// <param name="most">Bytes of it at most.</param>
    /// <param name="limitCode">What a larger one ends with.</param>
    /// <param name="announced">What is to be done before its bytes are read, of which there are so many; null for nothing.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    internal static async ValueTask<byte[]?> ReadAsync(Stream body, int most, string limitCode, Func<int, ValueTask>? announced, CancellationToken cancellationToken)
    {
        var prefix = new byte[PrefixBytes];
        var read = await body.ReadAtLeastAsync(prefix, PrefixBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read == 0) return null;
        if (read < PrefixBytes || prefix[0] != 0) throw new ProtocolException("A message of the plugin is malformed, or compressed.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (length > (uint)most) throw new ProtocolException("A message of the plugin is larger than it may be.", limitCode);
        if (announced is not null) await announced((int)length).ConfigureAwait(false);
        return await BodyAsync(body, (int)length, cancellationToken).ConfigureAwait(false);
    }

    internal static ValueTask<byte[]?> ReadAsync(Stream body, int most, string limitCode, CancellationToken cancellationToken) => ReadAsync(body, most, limitCode, null, cancellationToken);

    private static async ValueTask<byte[]> BodyAsync(Stream body, int length, CancellationToken cancellationToken)
    {
        // Grown by what has come, not by what was announced.
        var message = new byte[Math.Min(length, 64 << 10)];
        for (var read = 0; read < length;)
        {
            if (read == message.Length) Array.Resize(ref message, Math.Min(length, read * 2));
            var part = await body.ReadAsync(message.AsMemory(read), cancellationToken).ConfigureAwait(false);
            if (part == 0) throw new ProtocolException("A message of the plugin ends too early.");
            read += part;
        }

        return message;
    }
}
