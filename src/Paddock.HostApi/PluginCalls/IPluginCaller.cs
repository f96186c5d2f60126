namespace Paddock.HostApi.PluginCalls;

/// <summary>Calls a plugin for another one.</summary>
public interface IPluginCaller
{
    /// <summary>
    /// Calls <paramref name="plugin"/>, which the caller's grants cover. The callee runs under <see cref="HostCallScope.ForCallee"/> of the
    /// caller's scope, with its own grants, rates and audit, and at the depth of its chain. A plugin that is not there, is disabled or
    /// has no such function for plugins is a result with a code, not an exception.
    /// </summary>
    /// <param name="caller">Who asks, stamped by the host.</param>
    /// <param name="plugin">Name of the callee.</param>
    /// <param name="function">The callee's function.</param>
    /// <param name="arguments">Its input as UTF-8 JSON; a copy.</param>
    /// <param name="cancellationToken">Fires when the caller's call ends or times out; the callee ends with it.</param>
    ValueTask<CallResult> CallAsync(HostCallScope caller, string plugin, string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken);
}
