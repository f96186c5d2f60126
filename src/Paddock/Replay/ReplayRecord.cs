namespace Paddock;

/// <summary>A recording, without what is in it.</summary>
/// <param name="Id">Id of the execution.</param>
/// <param name="PluginId">The plugin.</param>
/// <param name="Digest">Digest of the code that ran.</param>
/// <param name="Actor">On whose behalf.</param>
/// <param name="At">When the call began.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Bytes">Bytes that it takes; 0 where the call was too large to be recorded.</param>
public sealed record ReplayRecord(string Id, string PluginId, string Digest, string Actor, DateTimeOffset At, CallStatus Status, long Bytes);
