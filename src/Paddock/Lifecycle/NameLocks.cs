namespace Paddock.Lifecycle;

/// <summary>One change of a package at a time; calls never wait for it. A fixed number of locks, so that names cost nothing.</summary>
internal sealed class NameLocks
{
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Waits for the others; disposing what it returns lets the next one in.</summary>
    public async Task<IDisposable> EnterAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        var held = _locks[(uint)HashCode.Combine(tenant, name) % (uint)_locks.Length];
        await held.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Held(held);
    }

    private sealed class Held(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
