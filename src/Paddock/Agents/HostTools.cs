using System.Text.Json;
using Paddock.Packaging;

namespace Paddock.Agents;

/// <summary>Gitu's tools around plugins of one's own. Those that create or delete are there only where the host's owner turned them on.</summary>
internal sealed class HostTools
{
    private const string ListPlugins = "list_user_plugins", RunPlugin = "run_user_plugin", CreatePlugin = "create_user_plugin", CreateContainer = "create_container_plugin", DeletePlugin = "delete_user_plugin";

    private readonly IPluginService _plugins;
    private readonly IExecutionService _executions;

    public HostTools(IPluginService plugins, IExecutionService executions, PaddockOptions options)
    {
        (_plugins, _executions) = (plugins, executions);
        List<AgentTool> tools =
        [
            Tool(ListPlugins, "List the user's plugins.", """{"type":"object","properties":{},"additionalProperties":false}"""),
            Tool(RunPlugin, "Run one of the user's plugins in its sandbox.", """{"type":"object","properties":{"pluginId":{"type":"string"},"input":{},"context":{}},"required":["pluginId"],"additionalProperties":false}"""),
        ];
        if (options.AgentsMayCreatePlugins)
        {
            tools.Add(Tool(CreatePlugin, "Create a JavaScript plugin. It has no permission until an operator grants one.", """{"type":"object","properties":{"name":{"type":"string"},"description":{"type":"string"},"code":{"type":"string"},"entrypoint":{"type":"string"},"config":{"type":"object"}},"required":["name","code"],"additionalProperties":false}"""));
            tools.Add(Tool(CreateContainer, "Create a container plugin from its manifest and files.", """{"type":"object","properties":{"name":{"type":"string"},"description":{"type":"string"},"code":{"type":"string"},"config":{"type":"object","properties":{"files":{"type":"object"}},"required":["files"]}},"required":["name","code","config"],"additionalProperties":false}"""));
        }

        if (options.AgentsMayDeletePlugins) tools.Add(Tool(DeletePlugin, "Delete one of the user's plugins.", """{"type":"object","properties":{"pluginId":{"type":"string"}},"required":["pluginId"],"additionalProperties":false}"""));
        All = tools;
    }

    internal IReadOnlyList<AgentTool> All { get; }

    // SECURITY: no plugin's tool takes the name of one of these, whether it is turned on or not.
    internal static bool Has(string tool) => tool is ListPlugins or RunPlugin or CreatePlugin or CreateContainer or DeletePlugin;

    internal async ValueTask<Result<AgentToolResult>> CallAsync(Principal principal, string tool, JsonElement arguments, CancellationToken cancellationToken)
    {
        if (!All.Any(t => t.Name == tool)) return AgentTools.NotFound;
        return tool switch
        {
            ListPlugins => await ListAsync(principal, cancellationToken).ConfigureAwait(false),
            RunPlugin => await RunAsync(principal, arguments, cancellationToken).ConfigureAwait(false),
            DeletePlugin => await DeleteAsync(principal, arguments, cancellationToken).ConfigureAwait(false),
            _ => await CreateAsync(principal, arguments, tool == CreateContainer, cancellationToken).ConfigureAwait(false),
        };
    }

    private async ValueTask<Result<AgentToolResult>> ListAsync(Principal principal, CancellationToken cancellationToken)
    {
        var listed = await _plugins.ListAsync(principal, enabled: true, cancellationToken).ConfigureAwait(false);
        if (!listed.TryGetValue(out var plugins, out var error)) return error;
        var shown = plugins.Where(p => p.Owner == principal.Owner && !AgentTools.IsHidden(p.Config)).Select(p => new { id = p.Id, name = p.Name, description = p.Description });
        return new AgentToolResult(JsonSerializer.SerializeToUtf8Bytes(new { plugins = shown }));
    }

    private async ValueTask<Result<AgentToolResult>> RunAsync(Principal principal, JsonElement arguments, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, arguments, cancellationToken).ConfigureAwait(false);
        if (!found.TryGetValue(out var plugin, out var error)) return error;
        var request = new ExecuteRequest { Input = Member(arguments, "input"), Context = Member(arguments, "context") };
        var run = await _executions.ExecuteAsync(principal, plugin.Id, request, cancellationToken).ConfigureAwait(false);
        return run.TryGetValue(out var outcome, out error) ? AgentTools.Of(outcome) : error;
    }

    // SECURITY: an agent is no author. Where the owner turned this on, it acts as the author that it acts for, and no further: what it
    // creates has no grant, and only an operator gives one.
    private async ValueTask<Result<AgentToolResult>> CreateAsync(Principal principal, JsonElement arguments, bool container, CancellationToken cancellationToken)
    {
        var draft = PluginDraft.FromJson(arguments);
        if (draft.IsContainer != container) return AgentTools.Invalid("config.files", container ? "A container plugin has files." : "A JavaScript plugin has no files.");
        var created = await _plugins.CreateAsync(principal with { Role = PrincipalRole.Author }, draft, cancellationToken).ConfigureAwait(false);
        return created.TryGetValue(out var plugin, out var error) ? new AgentToolResult(JsonSerializer.SerializeToUtf8Bytes(new { id = plugin.Id, name = plugin.Name })) : error;
    }

    private async ValueTask<Result<AgentToolResult>> DeleteAsync(Principal principal, JsonElement arguments, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, arguments, cancellationToken).ConfigureAwait(false);
        if (!found.TryGetValue(out var plugin, out var error)) return error;
        var deleted = await _plugins.DeleteAsync(principal with { Role = PrincipalRole.Author }, plugin.Id, cancellationToken).ConfigureAwait(false);
        return deleted.TryGetValue(out var gone, out error) ? new AgentToolResult(JsonSerializer.SerializeToUtf8Bytes(new { id = gone.Id, deleted = true })) : error;
    }

    // SECURITY: an operator sees the plugins of others; an agent acts on those of whom it acts for, and not on hidden ones.
    private async ValueTask<Result<PluginRecord>> FindAsync(Principal principal, JsonElement arguments, CancellationToken cancellationToken)
    {
        if (Text(arguments, "pluginId") is not { } id) return AgentTools.Invalid("pluginId", "It is missing, or no text.");
        var found = await _plugins.GetAsync(principal, id, cancellationToken).ConfigureAwait(false);
        if (!found.TryGetValue(out var plugin, out var error)) return error;
        return plugin.Owner == principal.Owner && !AgentTools.IsHidden(plugin.Config) ? plugin : ServiceError.PluginNotFound;
    }

    private static JsonElement? Member(JsonElement arguments, string name) => arguments.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement arguments, string name)
    {
        try
        {
            return Member(arguments, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }

    private static AgentTool Tool(string name, string description, string schema) => new(name, description, JsonElement.Parse(schema), null);
}
