namespace Paddock;

/// <summary>Calls installed plugins by name.</summary>
public interface IPluginCalls
{
    /// <summary>
    /// Calls a function. A function behind a route, a widget, a tool or an export is callable on their terms, any other by operators
    /// only. Codes: <c>PLUGIN_NOT_FOUND</c>, <c>PLUGIN_DISABLED</c>, <c>PLUGIN_NOT_APPROVED</c>, <c>PLUGIN_QUARANTINED</c>, <c>SAFE_MODE</c>,
    /// <c>RUNTIME_UNAVAILABLE</c>, <c>INTEGRITY_FAILED</c>, <c>PLUGIN_CHANGED</c>, <c>RATE_LIMITED</c>, <c>FUNCTION_NOT_CALLABLE</c>. A guest's failure is an outcome.
    /// </summary>
    ValueTask<Result<ExecutionOutcome>> CallAsync(Principal caller, string plugin, NamedCall call, CancellationToken cancellationToken = default);
}

/// <summary>What is called, and how.</summary>
public sealed record NamedCall
{
    /// <summary>The function.</summary>
    public required string Function { get; init; }

    /// <summary>UTF-8 JSON; <c>null</c> by default.</summary>
    public ReadOnlyMemory<byte> Input { get; init; } = "null"u8.ToArray();

    /// <summary>Wall time; null for the host's default. Never more than the plugin's limit, or, for a job, than the host's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Digest of the version that is meant; another one that serves by now is <c>PLUGIN_CHANGED</c>. Null for whichever serves.</summary>
    public string? Digest { get; init; }

    /// <summary>The caller's language; null for the application's default.</summary>
    public string? Language { get; init; }

    /// <summary>By way of what it is called; decides who may.</summary>
    public CallDoor Door { get; init; } = CallDoor.Direct;
}

/// <summary>By way of what a function is called.</summary>
public enum CallDoor
{
    /// <summary>By its name: exports for everyone, handlers on the terms of their route, everything else for operators.</summary>
    Direct,

    /// <summary>By way of a contribution whose terms the host has checked already: a route, a widget, a template, a hook, a tool.</summary>
    Contribution,

    /// <summary>By a job, on behalf of the host.</summary>
    Job,
}
