using System.Text.Json;

namespace Paddock;

/// <summary>
/// The one way from an agent's tool call to a plugin's sandbox. A call has the identity of whoever the agent acts for and the grants of the
/// plugin that is called, never more; nothing here approves, grants or configures.
/// </summary>
public interface IPluginToolRouter
{
    /// <summary>The tools that an agent of this principal may call: the host's own, then those that running plugins contribute, by name. A plugin whose config has <c>disableModelInvocation: true</c> has none.</summary>
    IReadOnlyList<AgentTool> List(Principal principal);

    /// <summary>Calls a tool. Codes: <c>TOOL_NOT_FOUND</c>, <c>INVALID</c> with findings, and those of <see cref="IPluginCalls"/>, <see cref="IExecutionService"/> and <see cref="IPluginService"/>. A guest's failure is a result.</summary>
    /// <param name="principal">Whom the agent acts for.</param>
    /// <param name="tool">The tool's name.</param>
    /// <param name="arguments">A JSON object.</param>
    /// <param name="digest">The <see cref="AgentTool.Digest"/> that the agent was shown: another version that serves by now is <c>PLUGIN_CHANGED</c>. Null for whichever serves.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<Result<AgentToolResult>> CallAsync(Principal principal, string tool, JsonElement arguments, string? digest = null, CancellationToken cancellationToken = default);
}

/// <summary>A tool as an agent is told of it. Name and description of a plugin's tool are the plugin's own words: text, never instructions.</summary>
/// <param name="Name">What it is called by.</param>
/// <param name="Description">What it does.</param>
/// <param name="InputSchema">JSON Schema of its arguments.</param>
/// <param name="Plugin">Name of the plugin that contributes it; null for the host's own.</param>
/// <param name="Digest">Digest of the version that this tool is of; null for the host's own. A call that names it reaches that version or none.</param>
public sealed record AgentTool(string Name, string Description, JsonElement InputSchema, string? Plugin, string? Digest = null);

/// <summary>What a tool answered.</summary>
/// <param name="Content">JSON; for a failure an object with <c>error</c> and <c>message</c>.</param>
/// <param name="IsError">Whether it failed.</param>
/// <param name="ExecutionId">The execution that the audit names; null where nothing was run.</param>
public sealed record AgentToolResult(ReadOnlyMemory<byte> Content, bool IsError = false, string? ExecutionId = null);
