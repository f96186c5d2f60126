namespace Paddock.Sandbox.Protocol.Pool;

/// <summary>Which plugins with state of their own the current chain of calls is in; it flows with the execution context of their host calls.</summary>
internal sealed class KeptState(object plugin, KeptState? outer)
{
    private static readonly AsyncLocal<KeptState?> s_current = new();

    /// <summary>Whether this chain of calls is in <paramref name="plugin"/> already, and would wait for itself.</summary>
    internal static bool Includes(object plugin)
    {
        for (var held = s_current.Value; held is not null; held = held.Outer)
        {
            if (ReferenceEquals(held.Plugin, plugin)) return true;
        }

        return false;
    }

    internal static void Enter(object plugin) => s_current.Value = new KeptState(plugin, s_current.Value);

    private object Plugin => plugin;

    private KeptState? Outer => outer;
}
