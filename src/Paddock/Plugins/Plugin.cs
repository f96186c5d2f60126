using Paddock.Calls;
using Paddock.HostApi;
using Paddock.Policy;
using Paddock.Store;

namespace Paddock;

/// <summary>An admitted plugin in its sandbox. Made by <see cref="PluginHost"/> only; any number of calls may run at once.</summary>
public sealed class Plugin : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);
    private readonly CallDrain _drain = new();
    private readonly PluginTurns _turns;
    private readonly ISandbox _sandbox;
    private readonly CallServices _services;
    private readonly ICallJournal _journal;
    private readonly (Access Files, bool Http) _asks;

    internal Plugin(PluginIdentity identity, Admission admission, ISandbox sandbox, CallServices services)
    {
        Identity = identity;
        Digest = admission.Package.Digest;
        Limits = admission.Limits;
        Spec = PluginHost.Spec(admission);
        var asked = admission.Package.Manifest.Permissions;
        _asks = (asked.Where(p => p.Type == PermissionType.Files).Aggregate(Access.None, (all, p) => all | p.Access), asked.Any(p => p.Type == PermissionType.Http));
        _sandbox = sandbox;
        _services = services;
        _journal = identity.Name is null ? services.Snippets : services.Packages;
        _turns = new PluginTurns(services.Gate, services.CallsPerPlugin, Spec.Stateful, services.Clock);
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
        _drain.Retire();
        await _drain.Drained.ConfigureAwait(false);
        if (ShutdownFunction is { } function && !_drain.IsStopped) await ShutDownAsync(function).ConfigureAwait(false);
        await _sandbox.DisposeAsync().ConfigureAwait(false);
        _drain.Dispose();
        _turns.Dispose();
    }

    /// <summary>Cancels the calls under way; the next <see cref="DisposeAsync"/> finds them ended.</summary>
    internal void Stop() => _drain.Stop();

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
    internal bool TryEnter() => _drain.TryEnter();

    internal void Exit() => _drain.Exit();

    /// <summary>A call between <see cref="TryEnter"/> and <see cref="Exit"/>.</summary>
    internal async ValueTask<ExecutionOutcome> RunAsync(PluginCall call, CancellationToken cancellationToken)
    {
        string id = Ids.Execution();
        using var activity = CallMetrics.Start(Identity, id);
        var startedAt = _services.Clock.GetUtcNow();
        long start = _services.Clock.GetTimestamp();
        var result = await TakeTurnAsync(id, call, cancellationToken).ConfigureAwait(false);
        result = result with { Duration = _services.Clock.GetElapsedTime(start) };
        CallMetrics.Ended(activity, Identity, result);
        // Recorded even when the caller has gone: what ran is known, whoever waits for it.
        await _journal.RecordAsync(this, id, call, startedAt, result).ConfigureAwait(false);
        return new ExecutionOutcome(id, result);
    }

    private async ValueTask<CallResult> TakeTurnAsync(string id, PluginCall call, CancellationToken cancellationToken)
    {
        var most = call.LongestTimeout ?? Limits.Timeout;
        var scope = ScopeOf(call, id);
        using var turn = await _turns.TakeAsync(call.Via is not null, scope.Held, call.Timeout < most ? call.Timeout : most, _drain.Stopping, cancellationToken).ConfigureAwait(false);
        if (!ReferenceEquals(turn.Held, scope.Held)) scope = scope with { Held = turn.Held };
        return turn.Refusal ?? await CallSandboxAsync(id, call, scope, turn.Left, cancellationToken).ConfigureAwait(false);
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
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_drain.Stopping, cancellationToken);
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
}
