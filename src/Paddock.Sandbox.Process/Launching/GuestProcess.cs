using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Paddock.Sandbox.Process;

/// <summary>A program in bubblewrap. The child of the host is bubblewrap's monitor; the program and all that it starts live in a pid namespace that ends with it.</summary>
internal sealed class GuestProcess : IGuestProcess
{
    private readonly ChildProcess _monitor;
    private readonly CancellationTokenSource _ended = new();

    internal GuestProcess(ChildProcess monitor, Descriptor input, Descriptor output, Descriptor error)
    {
        _monitor = monitor;
        Input = new AnonymousPipeClientStream(PipeDirection.Out, new SafePipeHandle(input.Release(), ownsHandle: true));
        Output = new AnonymousPipeClientStream(PipeDirection.In, new SafePipeHandle(output.Release(), ownsHandle: true));
        Error = new AnonymousPipeClientStream(PipeDirection.In, new SafePipeHandle(error.Release(), ownsHandle: true));
        Exited = WaitAsync();
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error { get; }

    public Task<ProcessExit> Exited { get; }

    public async ValueTask KillAsync()
    {
        _monitor.Kill();
        await Exited;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Input.DisposeAsync();
        await Output.DisposeAsync();
        await Error.DisposeAsync();
        _ended.Dispose();
    }

    private async Task<ProcessExit> WaitAsync()
    {
        int code = await _monitor.Exited.ConfigureAwait(false);
        _monitor.Dispose();
        return new ProcessExit(code);
    }
}
