using Paddock.Calls;
using Paddock.HostApi;
using Paddock.Policy;
using Paddock.Store;

namespace Paddock;

/// <summary>An admitted plugin in its sandbox. Made by <see cref="PluginHost"/> only; any number of calls may run at once.</summary>
public sealed class Plugin : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _turns;
    // Of the host and not of a sandbox: two plugins that wait for each other need not run on the same runtime, nor in the same process.
    private readonly StateGate? _state;
    private readonly ISandbox _sandbox;
    private readonly CallServices _services;
    private readonly ICallJournal _journal;
    private readonly (Access Files, bool Http) _asks;
    private int _calls;
    private bool _retired;

    internal Plugin(PluginIdentity identity, Admission admission, ISandbox sandbox, CallServices services)
    {
        Identity = identity;
        Digest = admission.Package.Digest;
        Limits = admission.Limits;
        Spec = PluginHost.Spec(admission);
        _state = Spec.Stateful ? new StateGate() : null;
        var asked = admission.Package.Manifest.Permissions;
        _asks = (asked.Where(p => p.Type == PermissionType.Files).Aggregate(Access.None, (all, p) => all | p.Access), asked.Any(p => p.Type == PermissionType.Http));
        _sandbox = sandbox;
        _services = services;
        _journal = identity.Name is null ? services.Snippets : services.Packages;
        _turns = new SemaphoreSlim(services.CallsPerPlugin);
    }

    /// <summary>Which plugin it is.</summary>
    public PluginIdentity Identity { get; }

    /// <summary>Digest of the verified bytes that run.</summary>
    public string Digest { get; }

    /// <summary>The limits of each call.</summary>
    public Limits Limits { get; }

    /// <summary>What its sandbox was made from.</summary>
    internal SandboxSpec Spec { get; }

    /// <summary>Called once when it is unloaded and its calls have ended; null for nothing.</summary>
    internal string? ShutdownFunction { get; set; }

    internal long EstimatedBytes => _sandbox.EstimatedBytes;

    /// <summary>Runs one call to its end, and records it with its audit before it returns. Guest misbehaviour is in the result.</summary>
    /// <exception cref="ObjectDisposedException">The plugin was disposed.</exception>
    public async ValueTask<ExecutionOutcome> CallAsync(PluginCall call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ObjectDisposedException.ThrowIf(!TryEnter(), this);
        try
        {
            return await RunAsync(call, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Takes no more calls, and disposes the sandbox when those under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Retire();
        await _drained.Task.ConfigureAwait(false);
        if (ShutdownFunction is { } function && !_stopping.IsCancellationRequested) await ShutDownAsync(function).ConfigureAwait(false);
        await _sandbox.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Cancels the calls under way; the next <see cref="DisposeAsync"/> finds them ended.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            if (!_drained.Task.IsCompleted) _stopping.Cancel();
        }
    }

    /// <summary>Calls a function under a channel that refuses everything, within the time for initialising, and records nothing.</summary>
    internal ValueTask<CallResult> ProbeAsync(string function, CancellationToken cancellationToken) => _sandbox.CallAsync(
        new SandboxCall { Function = function, Input = "null"u8.ToArray(), Limits = Limits with { Timeout = Limits.InitTimeout } },
        RefusingHostChannel.Instance,
        cancellationToken);

    private async Task ShutDownAsync(string function)
    {
        var timeout = Limits.Timeout < ShutdownTimeout ? Limits.Timeout : ShutdownTimeout;
        var call = new PluginCall { Caller = new Principal(Identity.Tenant, "host", PrincipalRole.Operator), Function = function, Input = "null"u8.ToArray(), Timeout = timeout };
        try
        {
            string id = Ids.Execution();
            await CallSandboxAsync(id, call, ScopeOf(call, id), timeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The host itself is going; what its plugins would have said goes with it.
        }
    }

    /// <summary>Keeps the sandbox for one call; false when the plugin is retired. Every success needs an <see cref="Exit"/>.</summary>
    internal bool TryEnter()
    {
        lock (_gate)
        {
            if (_retired) return false;
            _calls++;
            return true;
        }
    }

    internal void Exit()
    {
        lock (_gate)
        {
            if (--_calls == 0 && _retired) _drained.TrySetResult();
        }
    }

    /// <summary>A call between <see cref="TryEnter"/> and <see cref="Exit"/>.</summary>
    internal async ValueTask<ExecutionOutcome> RunAsync(PluginCall call, CancellationToken cancellationToken)
    {
        string id = Ids.Execution();
        using var activity = CallMetrics.Start(Identity, id);
        var startedAt = _services.Clock.GetUtcNow();
        long start = _services.Clock.GetTimestamp();
        var result = await TakeTurnAsync(id, call, start, cancellationToken).ConfigureAwait(false);
        result = result with { Duration = _services.Clock.GetElapsedTime(start) };
        CallMetrics.Ended(activity, Identity, result);
        // Recorded even when the caller has gone: what ran is known, whoever waits for it.
        await _journal.RecordAsync(this, id, call, startedAt, result).ConfigureAwait(false);
        return new ExecutionOutcome(id, result);
    }

    private void Retire()
    {
        lock (_gate)
        {
            _retired = true;
            if (_calls == 0) _drained.TrySetResult();
        }
    }

    private async ValueTask<CallResult> TakeTurnAsync(string id, PluginCall call, long start, CancellationToken cancellationToken)
    {
        var most = call.LongestTimeout ?? Limits.Timeout;
        var timeout = call.Timeout < most ? call.Timeout : most;
        // A nested call has its caller's turn: waiting for another would let chains of plugins wait for each other for ever.
        if (call.Via is not null) return await TakeStateAsync(id, call, timeout, cancellationToken).ConfigureAwait(false);
        if (!await _services.Gate.EnterAsync(_turns, timeout, cancellationToken).ConfigureAwait(false))
            return cancellationToken.IsCancellationRequested ? Cancelled : TooLate;
        try
        {
            var left = timeout - _services.Clock.GetElapsedTime(start);
            return left <= TimeSpan.Zero ? TooLate : await TakeStateAsync(id, call, left, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _services.Gate.Exit(_turns);
        }
    }

    // One call at a time where calls share state; at whatever depth, for there is one instance.
    private async ValueTask<CallResult> TakeStateAsync(string id, PluginCall call, TimeSpan left, CancellationToken cancellationToken)
    {
        var scope = ScopeOf(call, id);
        if (_state is null) return await CallSandboxAsync(id, call, scope, left, cancellationToken).ConfigureAwait(false);
        long start = _services.Clock.GetTimestamp();
        using var late = new CancellationTokenSource(left, _services.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopping.Token, cancellationToken);
        StateHold? held;
        try
        {
            held = await _state.EnterAsync(scope.Held, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested || _stopping.IsCancellationRequested ? Cancelled : TooLate;
        }

        if (held is null) return new CallResult { Status = CallStatus.GuestFault, Error = StateGate.Reentered };
        try
        {
            left -= _services.Clock.GetElapsedTime(start);
            return left <= TimeSpan.Zero ? TooLate : await CallSandboxAsync(id, call, scope with { Held = held }, left, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _state.Leave();
        }
    }

    private async ValueTask<CallResult> CallSandboxAsync(string id, PluginCall call, HostCallScope scope, TimeSpan left, CancellationToken cancellationToken)
    {
        var sandboxCall = new SandboxCall
        {
            Function = call.Function,
            Input = call.Input,
            Config = call.Config,
            Context = call.Context,
            Depth = scope.Chain.Count,
            Limits = Limits with { Timeout = left },
        };
        using var channel = new CallChannel(_services.Door.Open(scope));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, cancellationToken);
        if (_services.Recorder.Begin(Identity, Spec, id, call.Caller.Owner, sandboxCall, channel) is not { } recording)
            return await _sandbox.CallAsync(sandboxCall, channel, either.Token).ConfigureAwait(false);
        var result = await _sandbox.CallAsync(recording.Call, recording, either.Token).ConfigureAwait(false);
        await recording.EndAsync(result).ConfigureAwait(false);
        return result;
    }

    private HostCallScope ScopeOf(PluginCall call, string id)
    {
        string name = Identity.Name ?? "";
        var scope = call.Via is { } caller
            ? caller.ForCallee(Identity.Id, Digest, id, name)
            : new HostCallScope(Identity.Tenant, call.Caller.Owner, Identity.Id, Digest, id) { PluginName = name, Language = call.Language };
        return scope with { AsksForFiles = _asks.Files, AsksForHttp = _asks.Http };
    }

    private static CallResult TooLate { get; } = new()
    {
        Status = CallStatus.LimitExceeded,
        Error = new CallError(ErrorCodes.TurnLimit, "The time was over before the call had its turn."),
    };

    private static CallResult Cancelled { get; } = new()
    {
        Status = CallStatus.Cancelled,
        Error = new CallError(ErrorCodes.Cancelled, "The caller cancelled."),
    };
}
