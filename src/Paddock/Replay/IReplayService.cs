namespace Paddock;

/// <summary>
/// Records calls of single plugins for a while, and runs a recorded call again, offline: the same code, input, config, replies,
/// time and randomness. Operators only. A recording holds all that the call was told, encrypted, for 7 days unless
/// <see cref="RetentionOptions.Replays"/> says otherwise. Codes of all: <c>FORBIDDEN</c>, <c>PLUGIN_NOT_FOUND</c>.
/// </summary>
public interface IReplayService
{
    /// <summary>Records all calls of a plugin that begin from now on. Stateful plugins are never recorded: their calls depend on those before. Codes: <c>EXPIRY_INVALID</c>.</summary>
    /// <param name="principal">An operator.</param>
    /// <param name="plugin">Id of the plugin, or name of an installed package.</param>
    /// <param name="duration">How long: more than nothing, at most 7 days.</param>
    /// <param name="cancellationToken">Takes it back while it has not begun.</param>
    ValueTask<Result<ReplayConsent>> EnableAsync(Principal principal, string plugin, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Records no more calls of a plugin.</summary>
    /// <param name="principal">An operator.</param>
    /// <param name="plugin">Id of the plugin, or name of an installed package.</param>
    /// <param name="purge">Whether its recordings go too.</param>
    /// <param name="cancellationToken">Takes it back while it has not begun.</param>
    /// <returns>How many recordings went.</returns>
    ValueTask<Result<int>> DisableAsync(Principal principal, string plugin, bool purge = false, CancellationToken cancellationToken = default);

    /// <summary>The newest recordings, of one plugin (its id, or the name of an installed package) or of all. At most <paramref name="limit"/>, 1 to 200.</summary>
    ValueTask<Result<IReadOnlyList<ReplayRecord>>> ListAsync(Principal principal, string? plugin = null, int limit = 50, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a recorded call again. It has no effect outside its sandbox: host calls are answered from the recording. That it comes to
    /// another end is a result, with what diverged first. Codes: <c>REPLAY_NOT_FOUND</c>, <c>REPLAY_TOO_LARGE</c>, <c>REPLAY_DAMAGED</c>,
    /// <c>RUNTIME_UNAVAILABLE</c>, findings of a load that fails.
    /// </summary>
    ValueTask<Result<ReplayOutcome>> ReplayAsync(Principal principal, string executionId, CancellationToken cancellationToken = default);
}
