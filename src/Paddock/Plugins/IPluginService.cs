namespace Paddock;

/// <summary>The use cases around plugins. Authors and agents see their own plugins, operators those of their tenant; everything else does not exist for them.</summary>
public interface IPluginService
{
    /// <summary>Plugins, newest first; only enabled or disabled ones where <paramref name="enabled"/> is given.</summary>
    ValueTask<Result<IReadOnlyList<PluginRecord>>> ListAsync(Principal principal, bool? enabled = null, CancellationToken cancellationToken = default);

    /// <summary>One plugin. Codes: <c>PLUGIN_NOT_FOUND</c>.</summary>
    ValueTask<Result<PluginRecord>> GetAsync(Principal principal, string id, CancellationToken cancellationToken = default);

    /// <summary>Changes the members that the patch names; the result is verified whole, as if it were created. Changed code suspends the plugin's grants. Codes: those of creating, <c>PLUGIN_NOT_FOUND</c>, <c>PLUGIN_CHANGED</c>.</summary>
    ValueTask<Result<PluginRecord>> UpdateAsync(Principal principal, string id, PluginPatch patch, CancellationToken cancellationToken = default);

    /// <summary>Removes a plugin with its grants, requests, executions and values; the audit stays. Codes: <c>PLUGIN_NOT_FOUND</c>, <c>FORBIDDEN</c>.</summary>
    ValueTask<Result<PluginRecord>> DeleteAsync(Principal principal, string id, CancellationToken cancellationToken = default);
}
