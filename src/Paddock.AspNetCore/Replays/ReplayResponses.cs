namespace Paddock.AspNetCore;

/// <summary>For how many hours calls are recorded: 1 to 168, 24 by default.</summary>
internal sealed record RecordBody(int? Hours)
{
    private const int Most = 168;

    /// <summary>What is out of range stays out of it, for the use case to refuse.</summary>
    public static TimeSpan Duration(int hours) => TimeSpan.FromHours(Math.Clamp(hours, 0, Most + 1));
}

/// <summary>A plugin's calls are recorded until then.</summary>
internal sealed record RecordingConsentResponse(string PluginId, string EnabledBy, DateTimeOffset ExpiresAt);

/// <summary>How many recordings went.</summary>
internal sealed record RecordingsRemovedResponse(int Removed);

/// <summary>A recording, without what is in it. <c>bytes</c> is 0 where the call was too large to be recorded.</summary>
internal sealed record RecordingResponse(string Id, string PluginId, string Digest, string Actor, DateTimeOffset At, string Status, long Bytes)
{
    public static RecordingResponse From(ReplayRecord r) => new(r.Id, r.PluginId, r.Digest, r.Actor, r.At, Names.Of(r.Status), r.Bytes);
}

/// <summary>How a call ended when it was recorded, and now; <c>divergence</c> is null where both are the same. With <c>ownSources</c> clock and randomness were the machine's own, and only host calls were replayed.</summary>
internal sealed record ReplayResponse(RecordingResponse Recording, CallResponse Recorded, CallResponse Replayed, DivergenceResponse? Divergence, bool OwnSources)
{
    public static ReplayResponse From(ReplayOutcome o) => new(
        RecordingResponse.From(o.Recording), Call(o, o.Recorded), Call(o, o.Replayed), o.Divergence is { } d ? new DivergenceResponse(ReplayCodes.Diverged, d.Step, d.Message) : null, o.OwnSources);

    private static CallResponse Call(ReplayOutcome outcome, CallResult result) => CallResponse.From(new ExecutionOutcome(outcome.Recording.Id, result));
}

/// <summary>Where a replay first went another way. The code is always REPLAY_DIVERGED.</summary>
internal sealed record DivergenceResponse(string Code, string Step, string Message);
