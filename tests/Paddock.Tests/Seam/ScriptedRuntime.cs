using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Paddock.Tests.Seam;

/// <summary>A sandbox runtime at the host's own seam: a plugin's code is a list of steps, one a line, so that a test decides what a guest does and when.</summary>
/// <remarks>
/// <c>invoke NAME JSON</c> makes a host call; <c>wait GATE</c> reports its arrival and waits for the test; <c>log TEXT</c>; <c>result BYTES</c>;
/// <c>throw</c>; <c>trap</c>; <c>register JSON</c> is its registration, <c>register outside</c> what the test says at that moment; <c>in FUNCTION STEP</c> is a step of one function's calls alone; <c>clock</c>, <c>random BYTES</c>, <c>together KEY,KEY</c> (concurrent host calls), <c>forever</c> and <c>outside</c> use the call's sources, or go around them; <c>leak</c> keeps the channel past the call; <c>broken</c> fails the load. The result is the codes of its host calls, or the input.
/// </remarks>
internal sealed class ScriptedRuntime : ISandboxRuntime
{
    public PluginRuntime Runtime => PluginRuntime.JavaScript;

    public IsolationLevel Isolation => IsolationLevel.InProcess;

    public ConcurrentDictionary<string, Gate> Gates { get; } = new();

    public ConcurrentQueue<SandboxSpec> Loads { get; } = new();

    public ConcurrentQueue<string> Disposed { get; } = new();

    public ConcurrentQueue<SandboxCall> Calls { get; } = new();

    public ConcurrentQueue<IHostChannel> Leaked { get; } = new();

    public int Running;

    public int MostRunning;

    /// <summary>What a guest learns behind the back of its sources.</summary>
    public Func<string> Outside { get; set; } = () => "outside";

    public long BytesEach { get; set; }

    public Gate? LoadGate { get; set; }

    public Gate Gate(string name) => Gates.GetOrAdd(name, _ => new Gate());

    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        Loads.Enqueue(spec);
        if (LoadGate is { } gate) await gate.PassAsync(cancellationToken);
        string[] steps = System.Text.Encoding.UTF8.GetString(spec.Files[spec.Entry].Span).Split('\n');
        if (steps.Contains("broken")) throw new SandboxLoadException(new CallError(ErrorCodes.EntryPointNotFound, "There is no such export."));
        return new ScriptedSandbox(this, spec, steps);
    }

    /// <summary>The digests of the sandboxes disposed, once there are so many: disposal runs behind the call that caused it.</summary>
    public async Task<string[]> DisposedAsync(int count)
    {
        while (Disposed.Count < count)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return [.. Disposed];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A place where a guest waits for its test.</summary>
internal sealed class Gate
{
    private readonly Channel<bool> _arrived = Channel.CreateUnbounded<bool>();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task PassAsync(CancellationToken cancellationToken)
    {
        _arrived.Writer.TryWrite(true);
        await _open.Task.WaitAsync(cancellationToken);
    }

    public Task ArrivedAsync() => _arrived.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public void Open() => _open.TrySetResult();
}
