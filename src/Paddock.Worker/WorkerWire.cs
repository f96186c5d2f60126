using Paddock.Sandbox.Protocol.Workers;

namespace Paddock.Worker;

/// <summary>Sends frames to the host, one at a time.</summary>
internal sealed class WorkerWire(Stream output)
{
    private readonly Lock _gate = new();
    private readonly FrameWriter _writer = new();

    internal void Send(Action<FrameWriter> write)
    {
        lock (_gate)
        {
            write(_writer);
            output.Write(_writer.Finish().Span);
        }
    }

    internal void Fail(int call, CallError error) => Send(w => w.Begin(WorkerFrameKind.Failed, call).Write(error));
}
