namespace Paddock;

/// <summary>One execution as it was recorded. The input and context are not kept, only their sizes: they may hold secrets of the caller.</summary>
public sealed record ExecutionRecord
{
    /// <summary>Opaque id.</summary>
    public required string Id { get; init; }

    /// <summary>The plugin that was called.</summary>
    public required string PluginId { get; init; }

    /// <summary>Digest of the code that ran.</summary>
    public required string Digest { get; init; }

    /// <summary>On whose behalf.</summary>
    public required string Actor { get; init; }

    /// <summary>When it began, waiting included.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>UTF-8 bytes of the input's JSON.</summary>
    public required long InputBytes { get; init; }

    /// <summary>UTF-8 bytes of the context's JSON; 0 when there was none.</summary>
    public required long ContextBytes { get; init; }

    /// <summary>UTF-8 bytes of the result's JSON, also when it was too large to be kept (its <see cref="CallResult.Value"/> is empty then).</summary>
    public required long ResultBytes { get; init; }

    /// <summary>How it ended, with result, error, logs, duration and host calls.</summary>
    public required CallResult Result { get; init; }
}
