namespace Paddock;

/// <summary>Events of its own life that a plugin may have hooks for. They need no capability.</summary>
public static class LifecycleEvents
{
    /// <summary>A new version has to answer this, under a channel that refuses everything, before it serves.</summary>
    public const string Health = "lifecycle.health";

    /// <summary>The plugin is unloaded: disabled, replaced, removed, or the host stops. Called with its grants, once, within its time limit for that.</summary>
    public const string Shutdown = "lifecycle.shutdown";

    internal static bool IsOne(string name) => name is Health or Shutdown;
}
