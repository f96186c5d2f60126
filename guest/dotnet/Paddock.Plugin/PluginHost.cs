using System.Text.Json;
using System.Text.Json.Nodes;

namespace Paddock.Plugins;

/// <summary>The host, as one call sees it. Kept beyond that call it refuses.</summary>
public sealed class PluginHost
{
    private readonly Wire _wire;
    private readonly Session _session;
    private readonly JsonElement _parameters;

    internal PluginHost(Wire wire, Session session, JsonElement parameters)
    {
        _wire = wire;
        _session = session;
        _parameters = parameters;
    }

    /// <summary>The plugin's settings; null where it has none.</summary>
    public JsonNode? Config => Member("config");

    /// <summary>What the caller's surroundings are; null where nothing is said.</summary>
    public JsonNode? Context => Member("context");

    /// <summary>Asks the host for something: <c>CallAsync("kv.get", new JsonObject { ["key"] = "k" })</c>.</summary>
    /// <param name="function">The host function.</param>
    /// <param name="arguments">Its arguments by name; null for none.</param>
    /// <param name="cancellationToken">Stops waiting; the host does what it was asked for all the same.</param>
    /// <exception cref="HostException">It was refused, or failed.</exception>
    public async Task<JsonNode?> CallAsync(string function, JsonObject? arguments = null, CancellationToken cancellationToken = default) =>
        JsonText.Node(await _wire.AskAsync(_session, function, arguments).WaitAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Writes a line to the call's log. <see cref="Console"/> does so too, with <see cref="PluginLogLevel.Info"/> and <see cref="PluginLogLevel.Warn"/>.</summary>
    /// <param name="level">How much it matters.</param>
    /// <param name="message">The line.</param>
    public void Log(PluginLogLevel level, string message) => _wire.Log(_session, level, message);

    private JsonNode? Member(string name) => _parameters.TryGetProperty(name, out var value) ? JsonText.Node(value) : null;
}
