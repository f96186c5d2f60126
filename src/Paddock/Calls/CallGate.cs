namespace Paddock.Calls;

/// <summary>How many calls run at once, of one plugin and in all.</summary>
internal sealed class CallGate(int inAll, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _all = new(inAll);

    /// <summary>Waits for a turn; false when the time is over or the caller cancels. Every success needs an <see cref="Exit"/>.</summary>
    public async ValueTask<bool> EnterAsync(SemaphoreSlim own, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // The plugin's own turn first: calls that queue behind their own plugin take no place from the others.
        if (own.Wait(0, CancellationToken.None))
        {
            if (_all.Wait(0, CancellationToken.None)) return true;
            own.Release();
        }

        using var timer = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await own.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        try
        {
            await _all.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            own.Release();
            return false;
        }
    }

    public void Exit(SemaphoreSlim own)
    {
        _all.Release();
        own.Release();
    }

    public void Dispose() => _all.Dispose();
}
