using System.Text.Json.Nodes;

namespace Paddock.Plugins;

/// <summary>A function of a plugin.</summary>
/// <param name="input">What it is called with.</param>
/// <param name="host">The host's functions, for this call.</param>
/// <param name="cancellationToken">Cancelled when the call is over, and when the host ends the plugin. A caller who cancels, or a limit that is reached, ends the process at once.</param>
/// <returns>The result.</returns>
public delegate Task<JsonNode?> PluginFunction(JsonNode? input, PluginHost host, CancellationToken cancellationToken);
