using System.Threading.Channels;

namespace Paddock.Jobs.Tests.Seam;

/// <summary>Calls that a test sees begin, and ends.</summary>
internal sealed class ScriptedCalls : IPluginCalls
{
    private readonly Channel<ScriptedCall> _begun = Channel.CreateUnbounded<ScriptedCall>();

    /// <summary>What every call ends with by itself; null to have each ended by the test.</summary>
    public Result<ExecutionOutcome>? Answer { get; set; }

    public static Result<ExecutionOutcome> Completed { get; } = new ExecutionOutcome("exe_1", new CallResult { Status = CallStatus.Completed, Value = "null"u8.ToArray() });

    public static Result<ExecutionOutcome> Failed(string code) =>
        new ExecutionOutcome("exe_2", new CallResult { Status = CallStatus.GuestFault, Error = new CallError(code, "It threw.") });

    public async ValueTask<Result<ExecutionOutcome>> CallAsync(Principal caller, string plugin, NamedCall call, CancellationToken cancellationToken)
    {
        var scripted = new ScriptedCall(caller, plugin, call, cancellationToken);
        _begun.Writer.TryWrite(scripted);
        if (Answer is { } answer) return answer;
        return await scripted.Ending.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The next call that has begun.</summary>
    public async Task<ScriptedCall> NextAsync() => await _begun.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public bool IsQuiet => _begun.Reader.Count == 0;
}

/// <summary>A call that has begun.</summary>
internal sealed record ScriptedCall(Principal Caller, string Plugin, NamedCall Call, CancellationToken Cancellation)
{
    public TaskCompletionSource<Result<ExecutionOutcome>> Ending { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void End(Result<ExecutionOutcome>? with = null) => Ending.TrySetResult(with ?? ScriptedCalls.Completed);

    public void Throw(Exception exception) => Ending.TrySetException(exception);
}
