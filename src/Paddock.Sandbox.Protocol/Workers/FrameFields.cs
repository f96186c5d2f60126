using System.Buffers.Binary;
using System.Text;

namespace Paddock.Sandbox.Protocol.Workers;

/// <summary>Reads the fields of a frame, in the order in which they were written.</summary>
/// <param name="payload">The frame's payload.</param>
// SECURITY: whoever broke out of the engine writes these bytes. Every length is checked against what is there.
public sealed class FrameFields(ReadOnlyMemory<byte> payload)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private ReadOnlyMemory<byte> _rest = payload;

    /// <summary>A number.</summary>
    /// <exception cref="WorkerFrameException">The frame has no more.</exception>
    public int Number() => BinaryPrimitives.ReadInt32LittleEndian(Take(4).Span);

    /// <summary>A number between two others.</summary>
    /// <exception cref="WorkerFrameException">It is not, or the frame has no more.</exception>
    public int Number(int least, int most) => Number() is var value && value >= least && value <= most ? value : throw new WorkerFrameException("A number is out of its range.");

    /// <summary>A large number.</summary>
    /// <exception cref="WorkerFrameException">The frame has no more.</exception>
    public long LongNumber() => BinaryPrimitives.ReadInt64LittleEndian(Take(8).Span);

    /// <summary>Text, or none.</summary>
    /// <exception cref="WorkerFrameException">It is no UTF-8, or longer than the frame.</exception>
    public string? Text()
    {
        try
        {
            return Bytes() is { } bytes ? Strict.GetString(bytes.Span) : null;
        }
        catch (DecoderFallbackException)
        {
            throw new WorkerFrameException("A text is no UTF-8.");
        }
    }

    /// <summary>Bytes of the frame, or none.</summary>
    /// <exception cref="WorkerFrameException">There are more than the frame has.</exception>
    public ReadOnlyMemory<byte>? Bytes()
    {
        // Written out: a conditional expression would take null for an array, and an array for bytes that are there.
        int length = Number();
        if (length == -1) return null;
        return Take(length);
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="WorkerFrameException">The frame has more.</exception>
    public void End()
    {
        if (!_rest.IsEmpty) throw new WorkerFrameException("A frame has more fields than it should.");
    }

    private ReadOnlyMemory<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length) throw new WorkerFrameException("A frame is shorter than its fields.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
