using System.Collections.Concurrent;

namespace Paddock.Sandbox.Wasm.Threads;

/// <summary>
/// The threads on which guest code runs, and nothing else does: a fixed number with a fixed stack. A guest that computes
/// cannot starve the thread pool, and how deep it may recurse does not depend on who called.
/// </summary>
internal sealed class GuestThreads : IDisposable
{
    private readonly BlockingCollection<Action> _queue = [];
    private readonly Thread[] _threads;

    internal GuestThreads(int count, int stackBytes)
    {
        _threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            _threads[i] = new Thread(Run, stackBytes) { IsBackground = true, Name = $"paddock-guest-{i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Runs <paramref name="work"/> on one of the threads. What awaits it goes on elsewhere, never on a guest thread.</summary>
    internal Task<T> RunAsync<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add(() =>
        {
            try
            {
                completion.SetResult(work());
            }
            catch (Exception e)
            {
                completion.SetException(e);
            }
        });
        return completion.Task;
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
        _queue.Dispose();
    }

    private void Run()
    {
        foreach (var work in _queue.GetConsumingEnumerable()) work();
    }
}
