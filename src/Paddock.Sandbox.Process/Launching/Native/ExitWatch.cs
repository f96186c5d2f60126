using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process;

/// <summary>One thread that waits for all children at once.</summary>
internal static unsafe class ExitWatch
{
    private const short Readable = 1;

    private static readonly Lock Gate = new();
    private static readonly List<Entry> Added = [];
    private static Descriptor? _wake;

    /// <summary>Completes with what <paramref name="reap"/> answers once the pidfd's process has ended.</summary>
    internal static Task<int> WaitAsync(Descriptor pidfd, Func<Descriptor, int> reap)
    {
        var entry = new Entry(pidfd, reap, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (Gate)
        {
            Added.Add(entry);
            _wake ??= Begin();
            _wake.TryWriteAll([1]);
        }

        return entry.Done.Task;
    }

    private static Descriptor Begin()
    {
        var (read, write) = Descriptor.Pipe();
        new Thread(() => Run(read)) { IsBackground = true, Name = "Paddock exits" }.Start();
        return write;
    }

    private static void Run(Descriptor wake)
    {
        var waiting = new List<Entry>();
        var polled = new List<Libc.PollEntry>();
        while (true)
        {
            polled.Clear();
            polled.Add(new Libc.PollEntry { Descriptor = wake.Number, Wanted = Readable });
            foreach (var entry in waiting) polled.Add(new Libc.PollEntry { Descriptor = entry.PidFd.Number, Wanted = Readable });
            fixed (Libc.PollEntry* first = CollectionsMarshal.AsSpan(polled)) _ = Libc.poll(first, (nuint)polled.Count, -1);
            for (int i = polled.Count - 1; i > 0; i--)
            {
                if (polled[i].Seen == 0) continue;
                var ended = waiting[i - 1];
                waiting.RemoveAt(i - 1);
                ended.Done.SetResult(ended.Reap(ended.PidFd));
            }

            if (polled[0].Seen != 0) TakeAdded(wake, waiting);
        }
    }

    private static void TakeAdded(Descriptor wake, List<Entry> waiting)
    {
        lock (Gate)
        {
            Libc.Drain(wake.Number, Added.Count);
            waiting.AddRange(Added);
            Added.Clear();
        }
    }

    private sealed record Entry(Descriptor PidFd, Func<Descriptor, int> Reap, TaskCompletionSource<int> Done);
}
