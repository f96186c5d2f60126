namespace Paddock.Calls;

/// <summary>The door for the time of one call.</summary>
// SECURITY: work that outlives its call. A sandbox that keeps its channel, or a promise that settles late, has no effect.
internal sealed class CallChannel(IHostChannel door) : IHostChannel, IDisposable
{
    private volatile bool _closed;

    public ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) => _closed
        ? RefusingHostChannel.Instance.InvokeAsync(function, arguments, cancellationToken)
        : door.InvokeAsync(function, arguments, cancellationToken);

    public void Dispose() => _closed = true;
}
