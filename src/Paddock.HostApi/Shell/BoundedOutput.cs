using System.Buffers;
using System.Text;

namespace Paddock.HostApi.Shell;

/// <summary>The beginning of what a program writes. The rest is read all the same: a program whose pipe is full would wait for ever.</summary>
internal sealed class BoundedOutput(int most)
{
    private readonly ArrayBufferWriter<byte> _kept = new();

    internal bool IsTruncated { get; private set; }

    internal string Text => Encoding.UTF8.GetString(_kept.WrittenSpan);

    internal async Task ReadAsync(Stream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0;)
            {
                var room = Math.Min(read, most - _kept.WrittenCount);
                _kept.Write(buffer.AsSpan(0, room));
                IsTruncated |= room < read;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The program was killed while it wrote; what was read of it stays.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
