using System.Collections.Concurrent;
using Paddock.Sandbox.Protocol.Workers;
using Paddock.Sandbox.Wasm.Abi;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Worker;

/// <summary>The one plugin of a worker, and the calls that are in it. Frames are taken on one thread, which never runs a guest: a guest may wait for the next frame.</summary>
internal sealed class HostedPlugin(WorkerWire wire) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, HostedCall> _calls = new();
    private ISandboxRuntime? _runtime;
    private ISandbox? _sandbox;

    internal void Take(WorkerFrame frame)
    {
        switch (frame.Kind)
        {
            case WorkerFrameKind.Load when _runtime is null:
                var spec = new FrameFields(frame.Payload).Spec();
                _runtime = spec.Runtime == PluginRuntime.JavaScript ? new JavaScriptRuntime() : new WebAssemblyRuntime();
                _ = LoadAsync(_runtime, spec);
                break;
            case WorkerFrameKind.Register when _sandbox is { } sandbox:
                _ = Task.Run(() => RegisterAsync(sandbox));
                break;
            case WorkerFrameKind.Call when _sandbox is { } sandbox:
                var call = new HostedCall(frame.Call, wire);
                _calls[frame.Call] = call;
                var asked = new FrameFields(frame.Payload).Call(() => call);
                _ = Task.Run(() => CallAsync(sandbox, call, asked));
                break;
            case WorkerFrameKind.HostReply:
                if (_calls.TryGetValue(frame.Call, out var waiting)) waiting.Reply(new FrameFields(frame.Payload));
                break;
            case WorkerFrameKind.SourceReply:
                if (_calls.TryGetValue(frame.Call, out var asking)) asking.SourceReply(new FrameFields(frame.Payload));
                break;
            case WorkerFrameKind.Cancel:
                if (_calls.TryGetValue(frame.Call, out var cancelled)) cancelled.Cancel();
                break;
            default:
                throw new WorkerFrameException("A host does not send this.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_sandbox is { } sandbox) await sandbox.DisposeAsync();
        if (_runtime is { } runtime) await runtime.DisposeAsync();
    }

    private async Task LoadAsync(ISandboxRuntime runtime, SandboxSpec spec)
    {
        try
        {
            _sandbox = await runtime.CreateAsync(spec);
            wire.Send(static w => w.Begin(WorkerFrameKind.Loaded, 0));
        }
        catch (SandboxLoadException e)
        {
            wire.Fail(0, e.Error);
        }
    }

    private async Task RegisterAsync(ISandbox sandbox)
    {
        try
        {
            var said = await sandbox.RegisterAsync();
            wire.Send(w => w.Begin(WorkerFrameKind.Registered, 0).Bytes(said));
        }
        catch (SandboxLoadException e)
        {
            wire.Fail(0, e.Error);
        }
    }

    private async Task CallAsync(ISandbox sandbox, HostedCall call, SandboxCall asked)
    {
        var result = await sandbox.CallAsync(asked, call, call.Cancelled);
        _calls.TryRemove(call.Number, out _);
        wire.Send(w => w.Begin(WorkerFrameKind.Result, call.Number).Write(result));
        call.Dispose();
    }
}
