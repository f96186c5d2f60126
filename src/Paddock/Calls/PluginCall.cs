using Paddock.HostApi;

namespace Paddock;

/// <summary>One call of a loaded plugin.</summary>
public sealed record PluginCall
{
    /// <summary>On whose behalf.</summary>
    public required Principal Caller { get; init; }

    /// <summary>The exported function; null for the plugin's entry point.</summary>
    public string? Function { get; init; }

    /// <summary>Input as UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The plugin's config as UTF-8 JSON; null for none.</summary>
    public ReadOnlyMemory<byte>? Config { get; init; }

    /// <summary>The caller's context as UTF-8 JSON; null for none.</summary>
    public ReadOnlyMemory<byte>? Context { get; init; }

    /// <summary>Wall time, waiting for a turn included; never more than the admission's limit.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>What bounds the wall time in the place of the plugin's limit for calls: a job has a time limit of its own.</summary>
    internal TimeSpan? LongestTimeout { get; init; }

    /// <summary>The plugin on whose way this call lies; null where the application itself calls. Such a call takes no turn of its own: it runs within the one that waits for it.</summary>
    internal HostCallScope? Via { get; init; }

    /// <summary>The caller's language; null for the application's default.</summary>
    public string? Language { get; init; }
}
