using System.Text.Json;
using Paddock.Lifecycle;

namespace Paddock.Agents;

/// <summary>Looks a tool up, the host's own first, and calls what stands behind it.</summary>
internal sealed class PluginToolRouter(HostTools own, IContributions contributions, IPluginCalls calls, InstalledPlugins installed) : IPluginToolRouter
{
    public IReadOnlyList<AgentTool> List(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        var contributed = contributions.Current(principal.Tenant).Tools
            .Where(t => !HostTools.Has(t.Key) && IsShown(principal, t.Value.Plugin))
            .OrderBy(t => t.Key, StringComparer.Ordinal)
            .Select(t => new AgentTool(t.Key, t.Value.Value.Description, JsonElement.Parse(t.Value.Value.InputSchema.Span), t.Value.Plugin, t.Value.Digest));
        return [.. own.All, .. contributed];
    }

    public async ValueTask<Result<AgentToolResult>> CallAsync(Principal principal, string tool, JsonElement arguments, string? digest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(tool);
        if (arguments.ValueKind != JsonValueKind.Object) return AgentTools.Invalid("", "The arguments are no JSON object.");
        if (HostTools.Has(tool)) return await own.CallAsync(principal, tool, arguments, cancellationToken).ConfigureAwait(false);
        if (!contributions.Current(principal.Tenant).Tools.TryGetValue(tool, out var found) || !IsShown(principal, found.Plugin)) return AgentTools.NotFound;

        // SECURITY: a tool that changes between its being listed and its being called. The agent names the version that it was shown, and the call the one whose tool this is.
        if (digest is not null && digest != found.Digest) return ServiceError.PluginChanged;
        var call = new NamedCall { Function = found.Value.Handler, Input = AgentTools.Bytes(arguments), Digest = found.Digest, Door = CallDoor.Contribution };
        var result = await calls.CallAsync(principal, found.Plugin, call, cancellationToken).ConfigureAwait(false);
        return result.TryGetValue(out var outcome, out var error) ? AgentTools.Of(outcome) : error;
    }

    private bool IsShown(Principal principal, string plugin) => !AgentTools.IsHidden(installed.Find(principal.Tenant, plugin)?.State.Config);
}
