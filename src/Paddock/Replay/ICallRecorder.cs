namespace Paddock.Replay;

/// <summary>Records calls of plugins for which an operator asked for it. Everything that calls a sandbox goes through here.</summary>
internal interface ICallRecorder
{
    /// <summary>A recording of one call; null where its plugin is not recorded, which is nearly always and costs a look-up.</summary>
    /// <param name="plugin">Whose call it is.</param>
    /// <param name="spec">What runs.</param>
    /// <param name="executionId">The recording's id.</param>
    /// <param name="actor">On whose behalf.</param>
    /// <param name="call">The call as it would be made.</param>
    /// <param name="channel">The channel that it would be given.</param>
    CallRecording? Begin(PluginIdentity plugin, SandboxSpec spec, string executionId, string actor, SandboxCall call, IHostChannel channel);
}
