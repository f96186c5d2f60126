using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Paddock.Sandbox.Process;

/// <summary>A program in bubblewrap. The host's child is bubblewrap's monitor; the program and all that it starts live in a pid namespace that ends with it, and in a cgroup that is emptied after it.</summary>
internal sealed class GuestProcess : IGuestProcess
{
    private readonly ChildProcess _monitor;
    private readonly ProcessCgroup _cgroup;
    private readonly bool _emptiesGroup;

    internal GuestProcess(ChildProcess monitor, ProcessCgroup cgroup, Descriptor input, Descriptor output, Descriptor error, bool emptiesGroup = true)
    {
        _monitor = monitor;
        _cgroup = cgroup;
        _emptiesGroup = emptiesGroup;
        Input = Open(PipeDirection.Out, input);
        Output = Open(PipeDirection.In, output);
        Error = Open(PipeDirection.In, error);
        Exited = WaitAsync();
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error { get; }

    public Task<ProcessExit> Exited { get; }

    public async ValueTask KillAsync()
    {
        _monitor.Kill();
        await Exited.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        await Input.DisposeAsync().ConfigureAwait(false);
        await Output.DisposeAsync().ConfigureAwait(false);
        await Error.DisposeAsync().ConfigureAwait(false);
    }

    // Reads and writes wait in the runtime's one epoll, not in a thread each.
    private static AnonymousPipeClientStream Open(PipeDirection direction, Descriptor end) =>
        new(direction, new SafePipeHandle(end.Release(), ownsHandle: true));

    private async Task<ProcessExit> WaitAsync()
    {
        int code = await _monitor.Exited.ConfigureAwait(false);
        _monitor.Dispose();

        // The monitor ends a moment before its namespace does. A group is empty only when the last of them is gone.
        bool memory = _cgroup.RanOutOfMemory();
        if (_emptiesGroup) await _cgroup.EmptyAsync().ConfigureAwait(false);
        return new ProcessExit(code, memory && code != 0);
    }
}
