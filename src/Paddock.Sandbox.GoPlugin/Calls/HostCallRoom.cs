namespace Paddock.Sandbox.GoPlugin.Calls;

/// <summary>Bounds what the unanswered host calls of one process hold of the host: sixteen at once, and sixteen MiB of their arguments; a larger one has all of it.</summary>
// SECURITY: a process sends the same bytes again and again, at no cost in its own memory; who reads all of them holds all of them.
#pragma warning disable CA1001 // Semaphores have no handle to release here, and host calls may give their room back after the connection.
internal sealed class HostCallRoom
#pragma warning restore CA1001
{
    private const int Units = 16;

    private readonly SemaphoreSlim _entering = new(1), _room = new(Units);

    /// <summary>Waits for room; what to give back.</summary>
    internal async ValueTask<int> EnterAsync(int bytes, CancellationToken cancellationToken)
    {
        var units = Math.Min(Units, 1 + (bytes >> 20));
        var taken = 0;

        // One after another: two that had half of what they need would wait for each other.
        await _entering.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (; taken < units; taken++) await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
            return units;
        }
        catch
        {
            Leave(taken);
            throw;
        }
        finally
        {
            _entering.Release();
        }
    }

    internal void Leave(int units)
    {
        if (units > 0) _room.Release(units);
    }

    /// <summary>Waits until nobody has room any more, and keeps it.</summary>
    internal async ValueTask EmptyAsync() => await EnterAsync(int.MaxValue, CancellationToken.None).ConfigureAwait(false);
}
