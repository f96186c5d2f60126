using System.Text.Json;

namespace Paddock;

/// <summary>A request to call a plugin.</summary>
public sealed record ExecuteRequest
{
    /// <summary>Input of the call; null for JSON null.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The caller's context, handed to the plugin as it is; null for none. It is not trusted by anything.</summary>
    public JsonElement? Context { get; init; }

    /// <summary>Wall time in milliseconds, 200 to 300,000; null for the host's default of 30,000. Waiting for a turn counts; a plugin that is not loaded is loaded first, within its own limit for that.</summary>
    public long? TimeoutMs { get; init; }

    /// <summary>The export to call; null for the plugin's entry point.</summary>
    public string? Function { get; init; }
}
