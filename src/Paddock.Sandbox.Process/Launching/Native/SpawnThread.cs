using System.Collections.Concurrent;

namespace Paddock.Sandbox.Process;

/// <summary>
/// The thread that every child is started from. The kernel's "signal me when my parent dies" means the thread that started the child: started from
/// a thread of the pool, a sandbox would be killed whenever that thread is retired. This one lives as long as the host.
/// </summary>
internal static class SpawnThread
{
    private static readonly Lazy<BlockingCollection<Action>> Work = new(Begin);

    internal static Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Value.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    private static BlockingCollection<Action> Begin()
    {
        var work = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var item in work.GetConsumingEnumerable()) item();
        }) { IsBackground = true, Name = "Paddock launcher" }.Start();
        return work;
    }
}
