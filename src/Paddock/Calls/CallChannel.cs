namespace Paddock.Calls;

/// <summary>The door for the time of one call.</summary>
// SECURITY: work that outlives its call. A sandbox that keeps its channel, or a promise that settles late, has no effect.
internal sealed class CallChannel(IHostChannel door) : IHostChannel, IDisposable
{
    private volatile bool _closed;

    public ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) => _closed
        ? RefusingHostChannel.Instance.InvokeAsync(function, arguments, cancellationToken)
        : door.InvokeAsync(function, arguments, cancellationToken);

    public ValueTask<DirectAccess> DirectAccessAsync(CancellationToken cancellationToken) => _closed ? ValueTask.FromResult(DirectAccess.None) : door.DirectAccessAsync(cancellationToken);

    public ValueTask<HostConnection> ConnectAsync(string origin, CancellationToken cancellationToken) => _closed
        ? ((IHostChannel)RefusingHostChannel.Instance).ConnectAsync(origin, cancellationToken)
        : door.ConnectAsync(origin, cancellationToken);

    public void Dispose() => _closed = true;
}
