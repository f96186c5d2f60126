namespace Paddock.Replay;

internal sealed class ReplayService(ReplayStore store, IEnumerable<ISandboxRuntime> runtimes, TimeProvider clock) : IReplayService
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public async ValueTask<Result<ReplayConsent>> EnableAsync(Principal principal, string plugin, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (Refuse(principal) is { } refusal) return refusal;
        if (duration <= TimeSpan.Zero || duration > Longest)
            return ServiceError.Invalid([new Finding(ServiceErrorCodes.ExpiryInvalid, "Calls are recorded for more than no time and at most 7 days.") { Path = "duration" }]);
        return await store.EnableAsync(principal, store.IdOf(principal, plugin), clock.GetUtcNow() + duration, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Result<int>> DisableAsync(Principal principal, string plugin, bool purge, CancellationToken cancellationToken)
    {
        if (Refuse(principal) is { } refusal) return refusal;
        return await store.DisableAsync(principal, store.IdOf(principal, plugin), purge, cancellationToken).ConfigureAwait(false) is { } removed ? removed : ServiceError.PluginNotFound;
    }

    public ValueTask<Result<IReadOnlyList<ReplayRecord>>> ListAsync(Principal principal, string? plugin, int limit, CancellationToken cancellationToken)
    {
        if ((Refuse(principal) ?? PageLimit.Check(limit)) is { } refusal) return ValueTask.FromResult<Result<IReadOnlyList<ReplayRecord>>>(refusal);
        return ValueTask.FromResult(Result.Ok<IReadOnlyList<ReplayRecord>>([.. store.List(principal, plugin is null ? null : store.IdOf(principal, plugin), limit).Select(row => row.ToRecord())]));
    }

    public async ValueTask<Result<ReplayOutcome>> ReplayAsync(Principal principal, string executionId, CancellationToken cancellationToken)
    {
        if (Refuse(principal) is { } refusal) return refusal;
        if (store.Find(principal, executionId) is not { } row) return NotFound;
        if (row.Recording is null) return TooLarge;
        // Recorded before it is read: a recording holds what callers and plugins told each other.
        await store.RecordRunAsync(principal, row, code: null, cancellationToken).ConfigureAwait(false);
        if (store.Open(row) is not var (recorded, spec)) return Damaged;
        // SECURITY: what ran behind a wall is not brought in front of it to look at it.
        if (runtimes.Where(r => r.Runtime == spec.Runtime && r.Isolation >= spec.Isolation).MinBy(r => r.Isolation) is not { } runtime) return ServiceError.RuntimeUnavailable(spec.Runtime, spec.Isolation);
        var outcome = await RunAsync(row, recorded, spec, runtime, cancellationToken).ConfigureAwait(false);
        if (outcome.TryGetValue(out var ran, out _) && ran.Divergence is not null)
            await store.RecordRunAsync(principal, row, ReplayCodes.Diverged, CancellationToken.None).ConfigureAwait(false);
        return outcome;
    }

    // SECURITY: a replay has no effect. What runs gets a channel that answers from the recording and knows no other.
    private static async Task<Result<ReplayOutcome>> RunAsync(ReplayRow row, RecordedCall recorded, SandboxSpec spec, ISandboxRuntime runtime, CancellationToken cancellationToken)
    {
        using var replayed = new ReplayedCall(recorded);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, replayed.Stopped);
        try
        {
            await using var sandbox = await runtime.CreateAsync(spec, cancellationToken).ConfigureAwait(false);
            var call = new SandboxCall
            {
                Function = recorded.Function,
                Input = recorded.Input,
                Config = OrNull(recorded.Config),
                Context = OrNull(recorded.Context),
                Depth = recorded.Depth,
                Limits = recorded.Limits,
                Sources = replayed,
            };
            var result = await sandbox.CallAsync(call, replayed, stop.Token).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            replayed.Judge(result);
            // It was stopped where it was cut short then, so that is how it ended.
            if (replayed.ReachedTheCut) result = result with { Status = recorded.Result.Status, Error = recorded.Result.Error };
            return new ReplayOutcome(row.ToRecord(), recorded.Result.ToResult(), result, replayed.Divergence) { OwnSources = !runtime.TakesSources };
        }
        catch (SandboxLoadException e)
        {
            return ServiceError.Invalid([new Finding(e.Error.Code, e.Error.Message) { Path = "code", Line = e.Error.Line, Column = e.Error.Column }]);
        }
    }

    // The cast matters: null converts to an empty memory, which is no JSON.
    private static ReadOnlyMemory<byte>? OrNull(byte[]? json) => json is null ? (ReadOnlyMemory<byte>?)null : json;

    // SECURITY: a recording holds what other people's calls were told. Operators only, and each look is audited.
    private static ServiceError? Refuse(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return principal.Role == PrincipalRole.Operator ? null : ServiceError.OperatorOnly;
    }

    private static ServiceError NotFound { get; } =
        new(ServiceErrorKind.NotFound, ReplayCodes.NotFound, "There is no such recording. Recording is enabled for a plugin by an operator, and recordings are removed after some days.");

    private static ServiceError TooLarge { get; } =
        new(ServiceErrorKind.Conflict, ReplayCodes.TooLarge, "The call took in more than is recorded of one call. Call it with less and replay that.");

    private static ServiceError Damaged { get; } =
        new(ServiceErrorKind.Conflict, ReplayCodes.Damaged, "The recording was changed, or was made under another key. Restore replay.key, or record another call.");
}
