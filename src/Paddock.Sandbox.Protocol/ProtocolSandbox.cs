using Paddock.Sandbox.Protocol.Calls;
using Paddock.Sandbox.Protocol.Framing;
using Paddock.Sandbox.Protocol.Pool;

namespace Paddock.Sandbox.Protocol;

/// <summary>A plugin in processes of its own that speak JSON-RPC over their standard streams. It knows neither what they run nor what holds them.</summary>
public sealed class ProtocolSandbox : ISandbox
{
    private readonly SandboxSpec _spec;
    private readonly ProtocolGuest _guest;
    private readonly ProtocolOptions _options;
    private readonly GuestStarter _starter;
    private readonly GuestPool _pool;
    private readonly CallTurns _turns;

    private ProtocolSandbox(SandboxSpec spec, ProtocolGuest guest, ProtocolOptions options, GuestStarter starter, GuestConnection first)
    {
        (_spec, _guest, _options, _starter) = (spec, guest, options, starter);
        var size = spec.Stateful ? 1 : options.Processes;
        _pool = new GuestPool(starter, first, options, size, options.FreshProcesses && !spec.Stateful);
        _turns = new CallTurns(size);
    }

    /// <inheritdoc/>
    public long EstimatedBytes => _pool.Count * _guest.EstimatedBytes;

    /// <summary>Starts the first process of a plugin and has it load the plugin's code.</summary>
    /// <param name="spec">The plugin.</param>
    /// <param name="guest">How a process of it is started.</param>
    /// <param name="options">How many; null for the defaults.</param>
    /// <param name="cancellationToken">Stops starting.</param>
    /// <exception cref="SandboxLoadException">The process does not start, or the code does not load.</exception>
    public static async ValueTask<ProtocolSandbox> CreateAsync(SandboxSpec spec, ProtocolGuest guest, ProtocolOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(guest);
        options ??= new ProtocolOptions();
        var starter = new GuestStarter(guest, spec, options);
        var first = await starter.StartAsync(DirectAccess.None, cancellationToken).ConfigureAwait(false);
        if (!spec.Stateful || !first.Once) return new ProtocolSandbox(spec, guest, options, starter, first);
        await first.DisposeAsync().ConfigureAwait(false);
        throw new SandboxLoadException(new CallError(ErrorCodes.RuntimeUnavailable, "Each call of this plugin is a run of its own; what is to be kept belongs into the plugin's store."));
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken = default)
    {
        var connection = await _pool.RentAsync(DirectAccess.None, cancellationToken).ConfigureAwait(false);
        var answered = false;
        try
        {
            var answer = await _starter.AskAsync(connection, Messages.Register, _spec.Limits.InitTimeout, cancellationToken).ConfigureAwait(false);
            answered = true;
            if (answer.Span.SequenceEqual("null"u8)) return null;
            return answer;
        }
        finally
        {
            _pool.Return(connection, answered, broken: !answered);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(channel);
        var limits = _spec.Limits.For(call.Limits);
        using var deadline = new CallDeadline(limits.Timeout, _options.TimeProvider, cancellationToken);
        var session = new GuestSession(limits, channel, deadline, _options.TimeProvider, call.Sources);

        // A plugin that keeps its state has one process at whatever depth.
        var depth = _spec.Stateful ? 0 : call.Depth;
        if (depth > CallTurns.MostDepth) return Result(session, GuestFailure.Limit(ErrorCodes.CallDepthLimit));
        try
        {
            await _turns.TakeAsync(depth, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.Reason is { } reason)
        {
            return Result(session, GuestFailure.Limit(reason == ErrorCodes.TimeLimit ? ErrorCodes.TurnLimit : reason));
        }

        try
        {
            var given = _guest.StartGiven is null ? DirectAccess.None : await channel.DirectAccessAsync(session.Deadline.Token).ConfigureAwait(false);
            if (given.Refusal is { } refused) return Result(session, session.Deadline.Reason is { } over ? GuestFailure.Limit(over) : new GuestFailure(CallStatus.Denied, refused));
            return TermsOf(call, limits) is { } terms
                ? await RunAloneAsync(call, channel, session, given, terms).ConfigureAwait(false)
                : await RunAsync(call, channel, session, given).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release(depth);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    // What is recorded starts from the plugin's initial state, as it will when it is run again; state that is kept is where it is.
    private GuestTerms? TermsOf(SandboxCall call, Limits limits) =>
        _spec.Limits.IsLoweredBy(limits) || (call.Sources is not null && !_spec.Stateful) ? new GuestTerms(limits, call.Sources is not null) : null;

    private async ValueTask<CallResult> RunAloneAsync(SandboxCall call, IHostChannel channel, GuestSession session, DirectAccess given, GuestTerms terms)
    {
        if (_spec.Stateful) return Result(session, GuestFailure.Of(new CallError(ErrorCodes.SandboxUnavailable, "The plugin keeps its state in a process whose limits are not lowered for one call.")));
        try
        {
            await using var connection = await _starter.StartAsync(terms, given, session.Deadline.Token).ConfigureAwait(false);
            using var lent = connection.Lend(channel, session.Limits);
            var answer = await connection.RequestAsync(session, call, Messages.Call).ConfigureAwait(false);
            return Result(session, answer.Failure, answer.Value);
        }
        catch (SandboxLoadException e)
        {
            return Result(session, session.Deadline.Reason is { } reason ? GuestFailure.Limit(reason) : GuestFailure.Of(e.Error));
        }
    }

    private async ValueTask<CallResult> RunAsync(SandboxCall call, IHostChannel channel, GuestSession session, DirectAccess given)
    {
        while (true)
        {
            GuestConnection connection;
            try
            {
                connection = await _pool.RentAsync(given, session.Deadline.Token).ConfigureAwait(false);
            }
            catch (SandboxLoadException e)
            {
                return Result(session, session.Deadline.Reason is { } reason ? GuestFailure.Limit(reason) : GuestFailure.Of(e.Error));
            }
            catch (OperationCanceledException) when (session.Deadline.Reason is { } reason)
            {
                // It waited for a process, after others had to be ended by force.
                return Result(session, GuestFailure.Limit(reason));
            }

            var used = connection.Requests > 1;
            GuestAnswer answer;
            using (connection.Lend(channel, session.Limits)) answer = await connection.RequestAsync(session, call, Messages.Call).ConfigureAwait(false);

            // What a call that failed has left half done is nothing to go on with where state is kept: the next one starts anew.
            _pool.Return(connection, answer.Reusable && (answer.Failure is null || !_spec.Stateful), broken: !answer.Reusable);

            // It had died between two calls, which nobody could see: nothing of this one has happened yet.
            if (answer.Unheard && used && session.Deadline.Reason is null) continue;
            return answer.Failure is { } failure ? Result(session, failure) : Result(session, null, answer.Value);
        }
    }

    private static CallResult Result(GuestSession session, GuestFailure? failure, ReadOnlyMemory<byte> value = default) => new()
    {
        Status = failure?.Status ?? CallStatus.Completed,
        Error = failure?.Error,
        Value = value,
        Logs = session.Log.Entries,
        Duration = session.Elapsed,
        HostCalls = session.HostCalls,
    };
}
