using System.Buffers.Binary;
using Paddock.Sandbox.GoPlugin.Yamux;

namespace Paddock.Sandbox.GoPlugin.Rpc;

/// <summary>go-plugin's broker: a stream is for a service when it begins with the service's number, and that number is read back from it.</summary>
internal sealed class Broker(YamuxSession session)
{
    /// <summary>The number under which the host serves its functions.</summary>
    internal const uint HostId = 1;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <exception cref="ProtocolException">There is no such service, or it does not answer in time.</exception>
    internal async ValueTask<YamuxStream> DialAsync(uint id, CancellationToken cancellationToken)
    {
        var stream = await session.OpenAsync(cancellationToken).ConfigureAwait(false);
        await WriteIdAsync(stream, id, cancellationToken).ConfigureAwait(false);
        return await ReadIdAsync(stream, cancellationToken).ConfigureAwait(false) == id ? stream : throw new ProtocolException("The plugin's broker answered for another service.");
    }

    /// <summary>Answers the dials of the other side until the session ends; only that of the host's functions, and only one.</summary>
    internal async Task ServeAsync(Func<YamuxStream, Task> serve)
    {
        var served = 0;
        while (true)
        {
            var stream = await session.AcceptAsync(CancellationToken.None).ConfigureAwait(false);
            _ = AnswerAsync(stream);
        }

        async Task AnswerAsync(YamuxStream stream)
        {
            try
            {
                var id = await ReadIdAsync(stream, CancellationToken.None).ConfigureAwait(false);
                if (id == HostId && Interlocked.Exchange(ref served, 1) == 0)
                {
                    await WriteIdAsync(stream, id, CancellationToken.None).ConfigureAwait(false);
                    await serve(stream).ConfigureAwait(false);
                }
            }
            catch (ProtocolException)
            {
                await session.DisposeAsync().ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The session is over.
            }

            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static ValueTask WriteIdAsync(YamuxStream stream, uint id, CancellationToken cancellationToken)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, id);
        return stream.WriteAsync(bytes, cancellationToken);
    }

    private static async ValueTask<uint> ReadIdAsync(YamuxStream stream, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        var bytes = new byte[sizeof(uint)];
        try
        {
            await stream.ReadExactlyAsync(bytes, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProtocolException("The plugin's broker did not answer in time.");
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
