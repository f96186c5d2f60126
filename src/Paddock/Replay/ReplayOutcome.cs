namespace Paddock;

/// <summary>What came of running a recorded call again.</summary>
/// <param name="Recording">The recording.</param>
/// <param name="Recorded">How the call ended when it was recorded.</param>
/// <param name="Replayed">How it ended now; its durations are those of the replay.</param>
/// <param name="Divergence">Where the replay first went another way; null when it came to the same end by the same way.</param>
public sealed record ReplayOutcome(ReplayRecord Recording, CallResult Recorded, CallResult Replayed, ReplayDivergence? Divergence)
{
    /// <summary>Whether the runtime's clock and randomness were the machine's own, then and now: what its host calls answered was replayed, and nothing else. A result that depends on more diverges without the code's being another.</summary>
    public bool OwnSources { get; init; }
}

/// <summary>Where a replay went another way than its recording. Its code is <see cref="ReplayCodes.Diverged"/>.</summary>
/// <param name="Step">Which step: <c>host call 3</c>, <c>reply 2</c>, <c>clock</c>, <c>elapsed</c>, <c>random</c>, <c>result</c>, <c>error</c> or <c>logs</c>. Counted from 1.</param>
/// <param name="Message">What was recorded there and what came, for people. Arguments and values are named by their digests only.</param>
public sealed record ReplayDivergence(string Step, string Message);

/// <summary>Codes around recorded calls. Programs match these.</summary>
public static class ReplayCodes
{
    /// <summary>There is no such recording: the plugin was not recorded then, or it is older than is kept.</summary>
    public const string NotFound = "REPLAY_NOT_FOUND";

    /// <summary>The call took in more than is recorded of one call.</summary>
    public const string TooLarge = "REPLAY_TOO_LARGE";

    /// <summary>The recording was changed, or was sealed with another key.</summary>
    public const string Damaged = "REPLAY_DAMAGED";

    /// <summary>The call went another way than it was recorded.</summary>
    public const string Diverged = "REPLAY_DIVERGED";
}
