namespace Paddock.HostApi.Config;

/// <summary>What of the application's configuration may be granted at all.</summary>
public sealed record ConfigFunctionOptions
{
    /// <summary>
    /// Exact keys that may be granted although they have a refused word in them, or a value that looks like a credential. A grant
    /// must then name the very key; no pattern covers it. Default: none.
    /// </summary>
    public IReadOnlyList<string> GrantableSensitiveKeys { get; init; } = [];
}
