using System.Runtime.CompilerServices;

namespace Paddock.Sandbox.GoPlugin.Yamux;

/// <summary>
/// What is to be done once a frame has been handed on: those who waited for it run on. They do so on the thread that read it, which is awake, and
/// whoever reads goes on on another: so a waiting call is not woken through the pool, and one that blocks this thread keeps nobody from reading.
/// </summary>
internal sealed class AfterFrame
{
    [ThreadStatic]
    private static AfterFrame? s_handingOn;
    private readonly List<Action> _work = [];

    /// <summary>Runs <paramref name="work"/> when the frame that is being handed on on this thread is done, or on another thread where there is none.</summary>
    internal void Run(Action work)
    {
        if (s_handingOn == this) _work.Add(work);
        else ThreadPool.UnsafeQueueUserWorkItem(static w => w(), work, preferLocal: false);
    }

    /// <summary>Hands a stream what has come for it. Its reader runs here.</summary>
    internal void HandOn(YamuxStream stream)
    {
        s_handingOn = this;
        try
        {
            stream.Deliver();
        }
        finally
        {
            s_handingOn = null;
        }
    }

    /// <summary>To be awaited by whoever reads: goes on elsewhere if there is work to do here first.</summary>
    internal Turn Finish() => new(this);

    /// <summary>An awaiter that does the work after it has let whoever awaits it go on.</summary>
    internal readonly struct Turn(AfterFrame after) : INotifyCompletion
    {
        public bool IsCompleted => after._work.Count == 0;

        public Turn GetAwaiter() => this;

        public void OnCompleted(Action continuation)
        {
            // Taken before the other thread may add to the list.
            Action[] work = [.. after._work];
            after._work.Clear();
            ThreadPool.UnsafeQueueUserWorkItem(static c => c(), continuation, preferLocal: false);
            foreach (var action in work) action();
        }

        public void GetResult()
        {
        }
    }
}
