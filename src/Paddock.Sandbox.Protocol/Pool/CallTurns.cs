using System.Collections.Concurrent;

namespace Paddock.Sandbox.Protocol.Pool;

/// <summary>Who may have a process now. Each depth of calls between plugins has turns of its own: a call waits only for calls as deep as itself, and those only for deeper ones, so that no ring of them waits for itself.</summary>
// SECURITY: without turns for nested calls, one plugin that calls another many times at once would start as many processes.
internal sealed class CallTurns(int size)
{
    /// <summary>Deeper calls are refused.</summary>
    internal const int MostDepth = 32;

    private readonly ConcurrentDictionary<int, SemaphoreSlim> _levels = new();

    internal Task TakeAsync(int depth, CancellationToken cancellationToken) => _levels.GetOrAdd(depth, static (_, s) => new SemaphoreSlim(s), size).WaitAsync(cancellationToken);

    internal void Release(int depth) => _levels[depth].Release();
}
