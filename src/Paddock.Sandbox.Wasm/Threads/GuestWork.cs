namespace Paddock.Sandbox.Wasm.Threads;

/// <summary>A stretch of guest code that waits for a thread. It may wait in two places; whoever comes first runs it.</summary>
internal abstract class GuestWork(ThreadShare share)
{
    private int _claimed;

    internal ThreadShare Share => share;

    internal bool IsClaimed => Volatile.Read(ref _claimed) != 0;

    /// <summary>Runs it, unless it was run.</summary>
    internal void TryRun()
    {
        if (Interlocked.Exchange(ref _claimed, 1) == 0) Run();
    }

    /// <summary>Gives it up, unless it runs or has run.</summary>
    internal void TryCancel()
    {
        if (Interlocked.Exchange(ref _claimed, 1) == 0) Cancel();
    }

    protected abstract void Run();

    protected abstract void Cancel();
}

/// <inheritdoc/>
internal sealed class GuestWork<T>(Func<T> work, ThreadShare share) : GuestWork(share)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<T> Completion => _completion.Task;

    /// <summary>What gives it up; disposed when it is run.</summary>
    internal CancellationTokenRegistration Cancellation { get; set; }

    protected override void Cancel() => _completion.SetCanceled();

    protected override void Run()
    {
        Cancellation.Unregister();
        try
        {
            _completion.SetResult(work());
        }
        catch (Exception e)
        {
            _completion.SetException(e);
        }
    }
}
