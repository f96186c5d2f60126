using Paddock.Packaging;

namespace Paddock;

/// <summary>The use cases around plugins. Authors and agents see their own plugins, operators those of their tenant; everything else does not exist for them.</summary>
public interface IPluginService
{
    /// <summary>Plugins, newest first; only enabled or disabled ones where <paramref name="enabled"/> is given.</summary>
    ValueTask<Result<IReadOnlyList<PluginRecord>>> ListAsync(Principal principal, bool? enabled = null, CancellationToken cancellationToken = default);

    /// <summary>Verifies a draft, loads it in its sandbox under a channel that refuses everything, and stores it; nothing is stored when anything stands against it. Codes: <c>FORBIDDEN</c> for an agent, <c>PLUGIN_QUOTA</c>, findings.</summary>
    ValueTask<Result<PluginRecord>> CreateAsync(Principal principal, PluginDraft draft, CancellationToken cancellationToken = default);

    /// <summary>One plugin. Codes: <c>PLUGIN_NOT_FOUND</c>.</summary>
    ValueTask<Result<PluginRecord>> GetAsync(Principal principal, string id, CancellationToken cancellationToken = default);

    /// <summary>Changes the members that the patch names; the result is verified whole, as if it were created. Changed code suspends the plugin's grants; calls under way end on the code they began with, without them. Codes: those of creating, <c>PLUGIN_NOT_FOUND</c>, <c>PLUGIN_CHANGED</c>.</summary>
    ValueTask<Result<PluginRecord>> UpdateAsync(Principal principal, string id, PluginPatch patch, CancellationToken cancellationToken = default);

    /// <summary>Removes a plugin with its grants, requests, executions and values, and answers what it was; the audit stays. Codes: <c>PLUGIN_NOT_FOUND</c>, <c>FORBIDDEN</c>.</summary>
    ValueTask<Result<PluginRecord>> DeleteAsync(Principal principal, string id, CancellationToken cancellationToken = default);

    /// <summary>Everything that creating this draft would find, errors and warnings; stores nothing. Codes: <c>FORBIDDEN</c> for an agent.</summary>
    ValueTask<Result<IReadOnlyList<Finding>>> ValidateAsync(Principal principal, PluginDraft draft, CancellationToken cancellationToken = default);
}
