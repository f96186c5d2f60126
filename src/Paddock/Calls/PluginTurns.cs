namespace Paddock.Calls;

/// <summary>The turns of one plugin's calls: so many at once, of it and in all, and one at a time where its calls share state.</summary>
internal sealed class PluginTurns(CallGate gate, int callsAtOnce, bool isStateful, TimeProvider clock) : IDisposable
{
    private static readonly CallResult s_tooLate = new()
    {
        Status = CallStatus.LimitExceeded,
        Error = new CallError(ErrorCodes.TurnLimit, "The time was over before the call had its turn."),
    };

    private static readonly CallResult s_cancelled = new()
    {
        Status = CallStatus.Cancelled,
        Error = new CallError(ErrorCodes.Cancelled, "The caller cancelled."),
    };

    private readonly SemaphoreSlim _own = new(callsAtOnce);

    // Of the host and not of a sandbox: two plugins that wait for each other need not run on the same runtime, nor in the same process.
    private readonly StateGate? _state = isStateful ? new StateGate() : null;

    /// <summary>Waits for a turn, which ends when it is disposed.</summary>
    /// <param name="isNested">Whether a plugin's call led to this one.</param>
    /// <param name="held">The states that its chain of calls is in already.</param>
    /// <param name="timeout">What waiting and running may take together.</param>
    /// <param name="stopping">The plugin is stopped.</param>
    /// <param name="cancellationToken">The caller gives up.</param>
    public async ValueTask<Turn> TakeAsync(bool isNested, StateHold? held, TimeSpan timeout, CancellationToken stopping, CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        // A nested call has its caller's turn: waiting for another would let chains of plugins wait for each other for ever.
        if (!isNested && !await gate.EnterAsync(_own, timeout, cancellationToken).ConfigureAwait(false))
            return new Turn { Refusal = cancellationToken.IsCancellationRequested ? s_cancelled : s_tooLate };
        var turn = new Turn { Of = this, IsCounted = !isNested, Held = held };
        try
        {
            if (_state is not null) turn = await EnterStateAsync(_state, turn, timeout - clock.GetElapsedTime(start), stopping, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            turn.Dispose();
            throw;
        }

        var left = timeout - clock.GetElapsedTime(start);
        if (turn.Refusal is not null) return turn;
        return left > TimeSpan.Zero ? turn with { Left = left } : turn with { Refusal = s_tooLate };
    }

    /// <summary>When the last turn has ended.</summary>
    public void Dispose() => _own.Dispose();

    // At whatever depth, for there is one instance.
    private async ValueTask<Turn> EnterStateAsync(StateGate state, Turn turn, TimeSpan left, CancellationToken stopping, CancellationToken cancellationToken)
    {
        if (left <= TimeSpan.Zero) return turn with { Refusal = s_tooLate };
        using var late = new CancellationTokenSource(left, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping, cancellationToken);
        try
        {
            return await state.EnterAsync(turn.Held, either.Token).ConfigureAwait(false) is { } held
                ? turn with { Held = held, HasState = true }
                : turn with { Refusal = new CallResult { Status = CallStatus.GuestFault, Error = StateGate.Reentered } };
        }
        catch (OperationCanceledException)
        {
            return turn with { Refusal = cancellationToken.IsCancellationRequested || stopping.IsCancellationRequested ? s_cancelled : s_tooLate };
        }
    }

    private void End(Turn turn)
    {
        if (turn.HasState) _state!.Leave();
        if (turn.IsCounted) gate.Exit(_own);
    }

    /// <summary>A call's turn, or why it has none.</summary>
    internal readonly record struct Turn : IDisposable
    {
        /// <summary>What the call ends with, where it may not run.</summary>
        public CallResult? Refusal { get; init; }

        /// <summary>What of its time is left to run.</summary>
        public TimeSpan Left { get; init; }

        /// <summary>The states that its chain of calls is in from now on.</summary>
        public StateHold? Held { get; init; }

        internal PluginTurns? Of { get; init; }

        internal bool IsCounted { get; init; }

        internal bool HasState { get; init; }

        public void Dispose() => Of?.End(this);
    }
}
