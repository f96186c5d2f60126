using System.Text;
using Paddock.Sandbox.GoPlugin.Calls;
using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin;

/// <summary>
/// A plugin as a pool of processes. A process serves one call at a time, so that a host call has exactly one call that it can be for. go-plugin has no
/// way to end a call: one that reaches a limit, or is cancelled, takes its process with it.
/// </summary>
internal sealed class GoPluginSandbox : ISandbox
{
    /// <summary>What a small program of Go keeps, roughly; its real use is counted in its own cgroup.</summary>
    private const long BytesPerProcess = 16 << 20;

    private readonly SandboxSpec _spec;
    private readonly GoPluginRuntimeOptions _options;
    private readonly ProcessPool _pool;
    private readonly SemaphoreSlim _turns;
    private readonly ReadOnlyMemory<byte>? _registration;

    private GoPluginSandbox(SandboxSpec spec, GoPluginRuntimeOptions options, ProcessPool pool, ReadOnlyMemory<byte>? registration)
    {
        _spec = spec;
        _options = options;
        _pool = pool;
        _registration = registration;
        _turns = new SemaphoreSlim(spec.Stateful ? 1 : options.ProcessesPerPlugin);
    }

    public long EstimatedBytes => _pool.Count * BytesPerProcess;

    internal static async ValueTask<GoPluginSandbox> CreateAsync(SandboxSpec spec, IProcessLauncher launcher, GoPluginRuntimeOptions options, CancellationToken cancellationToken)
    {
        var pool = new ProcessPool(spec, launcher, options);
        var (process, registration) = await pool.StartAsync(cancellationToken).ConfigureAwait(false);
        await pool.ReturnAsync(process).ConfigureAwait(false);
        return new GoPluginSandbox(spec, options, pool, registration);
    }

    public ValueTask<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(_registration);

    public async ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(channel);
        using var active = new ActiveCall(_spec.Limits.For(call.Limits), channel, _options.TimeProvider, cancellationToken);
        try
        {
            return active.Completed(await TakeTurnAsync(call, active).ConfigureAwait(false));
        }
        catch (CallEndedException e)
        {
            return active.Failed(e.End);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync().ConfigureAwait(false);
        _turns.Dispose();
    }

    private async Task<ReadOnlyMemory<byte>> TakeTurnAsync(SandboxCall call, ActiveCall active)
    {
        if ((call.Function ?? _spec.EntryPoint) is not { Length: > 0 } function)
            throw new CallEndedException(CallEnd.Fault(ErrorCodes.EntryPointNotFound, "The plugin has no function that a call without a name goes to."));
        // A nested call has its caller's turn, unless there can be only one process.
        var takesTurn = call.Depth == 0 || _spec.Stateful;
        var entered = false;
        var alone = LimitsAlone(call, active.Limits);
        try
        {
            GoPluginProcess process;
            var config = call.Config is { } json ? Encoding.UTF8.GetString(json.Span) : "";
            try
            {
                if (takesTurn) await _turns.WaitAsync(active.Token).ConfigureAwait(false);
                entered = takesTurn;
                process = alone is null
                    ? await _pool.RentAsync(config, active.Token).ConfigureAwait(false)
                    : (await _pool.StartAsync(alone, active.Token).ConfigureAwait(false)).Process;
            }
            catch (OperationCanceledException)
            {
                var reason = await active.Over.ConfigureAwait(false);
                throw new CallEndedException(CallEnd.Limit(reason == ErrorCodes.TimeLimit ? ErrorCodes.TurnLimit : reason));
            }
            catch (SandboxLoadException e)
            {
                throw new CallEndedException(new CallEnd(CallStatus.GuestFault, e.Error));
            }

            return await RunAsync(process, config, function, call.Input, active, isKept: alone is null).ConfigureAwait(false);
        }
        finally
        {
            if (entered) _turns.Release();
        }
    }

    private async Task<ReadOnlyMemory<byte>> RunAsync(GoPluginProcess process, string config, string function, ReadOnlyMemory<byte> input, ActiveCall active, bool isKept)
    {
        var answers = false;
        try
        {
            process.Call = active;
            if (process.Config is null)
            {
                var error = await GuardAsync(process, active, process.Wire.InitAsync(ConfigTexts.Read(config), active.Token)).ConfigureAwait(false);
                if (error.Length > 0) throw new CallEndedException(CallEnd.Fault(ErrorCodes.GuestError, "Its initialisation failed: " + PluginText.Of(error)));
                process.Config = config;
            }

            var answer = await GuardAsync(process, active, process.Wire.CallAsync(function, input, active.Token)).ConfigureAwait(false);
            answers = !active.Over.IsCompleted;
            if (answer.Error.Length > 0) throw new CallEndedException(new CallEnd(CallStatus.GuestFault, active.Answered(answer.Error)));
            return ResultJson.Checked(answer.Result, active.ResultBytes);
        }
        finally
        {
            process.Call = null;
            if (answers && isKept && (_spec.Stateful || !_options.FreshProcesses)) await _pool.ReturnAsync(process).ConfigureAwait(false);
            else await _pool.EndAsync(process, isCrash: !answers && !active.Over.IsCompleted).ConfigureAwait(false);
        }
    }

    /// <summary>The limits of a process for this call alone: where it is to have less than the others, and where it is recorded, which begins at the plugin's initial state. Null for any process.</summary>
    private Limits? LimitsAlone(SandboxCall call, Limits limits)
    {
        var lowered = _spec.Limits.IsLoweredBy(limits);
        if (!_spec.Stateful) return lowered || call.Sources is not null ? limits : null;
        return lowered ? throw new CallEndedException(new CallEnd(CallStatus.Denied, new CallError(ErrorCodes.SandboxUnavailable, "The plugin keeps its state in a process whose limits are not lowered for one call."))) : null;
    }

    /// <summary>What the plugin answers, or why it does not any more.</summary>
    private static async Task<T> GuardAsync<T>(GoPluginProcess process, ActiveCall active, Task<T> answer)
    {
        try
        {
            await Task.WhenAny(answer, active.Over).ConfigureAwait(false);
            if (active.Over.IsCompletedSuccessfully) throw new CallEndedException(CallEnd.Limit(await active.Over.ConfigureAwait(false)));
            return await answer.ConfigureAwait(false);
        }
        catch (ProtocolException e)
        {
            throw new CallEndedException(EndOf(e));
        }
        catch (IOException)
        {
            // Over is looked at again: it may be what closed the connection.
            if (process.Wire.Fault is { } fault) throw new CallEndedException(EndOf(fault));
            var exit = await process.EndAsync().ConfigureAwait(false);
            throw new CallEndedException(exit.MemoryLimit ? CallEnd.Limit(ErrorCodes.MemoryLimit) : CallEnd.Fault(ErrorCodes.ProcessEnded, $"The plugin's process ended (exit code {exit.Code}) before it answered."));
        }
    }

    private static CallEnd EndOf(ProtocolException e) =>
        e.Code is ErrorCodes.ResultLimit or ErrorCodes.HostCallLimit ? CallEnd.Limit(e.Code) : CallEnd.Fault(e.Code, e.Message);
}
