using Paddock.Sandbox.Protocol.Framing;

namespace Paddock.Sandbox.Protocol.Pool;

/// <summary>The processes of one plugin that no call has.</summary>
internal sealed class GuestPool : IAsyncDisposable
{
    private static readonly TimeSpan s_shutdown = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_ping = TimeSpan.FromSeconds(1);

    private readonly GuestStarter _starter;
    private readonly ProtocolOptions _options;
    private readonly int _size;
    private readonly bool _fresh;
    private readonly IdleGuests _idle = new();
    private readonly CancellationTokenSource _end = new();
    private readonly RestartPause _pause;
    private readonly ITimer _timer;
    private int _refilling;
    private int _disposed;

    internal GuestPool(GuestStarter starter, GuestConnection first, ProtocolOptions options, int size, bool fresh)
    {
        (_starter, _options, _size, _fresh) = (starter, options, size, fresh);
        _pause = new RestartPause(options.TimeProvider);
        Keep(first);
        _timer = options.TimeProvider.CreateTimer(static pool => ((GuestPool)pool!).Trim(), this, options.IdleTimeout, options.IdleTimeout);
    }

    internal int Count => _idle.Count;

    /// <summary>A process that answers and was given this: one that is there, or a new one.</summary>
    /// <exception cref="SandboxLoadException">A new one does not start.</exception>
    internal async ValueTask<GuestConnection> RentAsync(DirectAccess given, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        // SECURITY: a stale grant in a warm process. All that were given anything else end, for nothing can be taken from them.
        if (_starter.Gives) Discard(_idle.Remove((c, _) => !c.Given.IsSameAs(given)));
        while (_idle.TryPop(out var connection))
        {
            if (connection.Given.IsSameAs(given) && await IsWellAsync(connection, cancellationToken).ConfigureAwait(false)) return connection;
            Discard(connection);
        }

        return await StartAsync(given, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a process back, unless it has served its time.</summary>
    /// <param name="connection">The process.</param>
    /// <param name="reusable">Whether another call may have it.</param>
    /// <param name="broken">Whether its guest broke a limit or the protocol, or ended.</param>
    internal void Return(GuestConnection connection, bool reusable, bool broken)
    {
        var given = connection.Given;
        if (broken) _pause.Failed();
        else _pause.Recovered();
        if (reusable && !_fresh && !connection.Once && connection.Alive && _disposed == 0 && _idle.Count < _size)
        {
            Keep(connection);
            return;
        }

        Discard(connection);
        // SECURITY: directories are given when a call begins, by the grants that hold then, and not ahead of it.
        if ((_fresh || connection.Once) && _idle.Count == 0 && given.Directories.Count == 0) _ = RefillAsync(given);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        List<Task> endings = [];
        while (_idle.TryPop(out var connection)) endings.Add(connection.ShutDownAsync(s_shutdown));
        await Task.WhenAll(endings).ConfigureAwait(false);
        _end.Dispose();
    }

    private async ValueTask<GuestConnection> StartAsync(DirectAccess given, CancellationToken cancellationToken)
    {
        await _pause.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _starter.StartAsync(given, cancellationToken).ConfigureAwait(false);
        }
        catch (SandboxLoadException)
        {
            _pause.Failed();
            throw;
        }
    }

    private void Keep(GuestConnection connection)
    {
        connection.IdleSince = _options.TimeProvider.GetTimestamp();
        _idle.Push(connection);
        if (_disposed != 0 && _idle.TryPop(out var late)) Discard(late);
    }

    private async ValueTask<bool> IsWellAsync(GuestConnection connection, CancellationToken cancellationToken)
    {
        if (!connection.Alive) return false;
        if (_options.TimeProvider.GetElapsedTime(connection.IdleSince) < _options.CheckAfter) return true;
        try
        {
            await _starter.AskAsync(connection, Messages.Ping, s_ping, cancellationToken).ConfigureAwait(false);
            return connection.Alive;
        }
        catch (SandboxLoadException)
        {
            return false;
        }
    }

    /// <summary>Has the next process ready before it is asked for, where each serves one call.</summary>
    private async Task RefillAsync(DirectAccess given)
    {
        if (Interlocked.Exchange(ref _refilling, 1) != 0) return;
        try
        {
            await Task.Yield();
            Keep(await StartAsync(given, _end.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (e is SandboxLoadException or ObjectDisposedException or OperationCanceledException)
        {
            // The next call starts its own, and says what is wrong.
        }
        finally
        {
            Volatile.Write(ref _refilling, 0);
        }
    }

    // Never the last one, unless it holds directories of the host: those go when nobody has a use for them.
    private void Trim()
    {
        foreach (var connection in _idle.Remove((c, last) => IsUnused(c) && (!last || c.Given.Directories.Count > 0))) _ = connection.ShutDownAsync(s_shutdown);
    }

    private bool IsUnused(GuestConnection connection) => _options.TimeProvider.GetElapsedTime(connection.IdleSince) >= _options.IdleTimeout;

    private static void Discard(IReadOnlyList<GuestConnection> connections)
    {
        foreach (var connection in connections) Discard(connection);
    }

    private static void Discard(GuestConnection connection) => _ = DiscardAsync(connection);

    private static async Task DiscardAsync(GuestConnection connection) => await connection.DisposeAsync().ConfigureAwait(false);
}
