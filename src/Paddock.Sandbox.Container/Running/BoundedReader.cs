using System.Buffers;

namespace Paddock.Sandbox.Container.Running;

/// <summary>Reads what a guest says up to a number of bytes.</summary>
internal sealed class BoundedReader(int most)
{
    private readonly ArrayBufferWriter<byte> _read = new();

    /// <summary>What came so far.</summary>
    internal ReadOnlySpan<byte> Bytes => _read.WrittenSpan;

    /// <summary>Whether there was more than may be.</summary>
    internal bool Exceeded { get; private set; }

    /// <summary>Reads to the end. When there is too much <paramref name="stop"/> is called, and nothing more is kept: what nobody reads would keep the engine from ending it.</summary>
    internal async Task ReadAsync(Stream stream, Action stop)
    {
        byte[] buffer = new byte[8 << 10];
        int read;
        while ((read = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            int fits = Math.Min(read, most - _read.WrittenCount);
            _read.Write(buffer.AsSpan(0, fits));
            if (fits == read || Exceeded) continue;
            Exceeded = true;
            stop();
        }
    }
}
