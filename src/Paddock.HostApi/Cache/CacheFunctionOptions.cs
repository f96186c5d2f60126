namespace Paddock.HostApi.Cache;

/// <summary>Limits of what a plugin keeps in the cache.</summary>
public sealed record CacheFunctionOptions
{
    /// <summary>Most bytes of one value's JSON. Default 1 MB.</summary>
    public int ValueBytes { get; init; } = 1_000_000;

    /// <summary>Most bytes of keys and values that one plugin has in the cache through this host. Default 16 MiB.</summary>
    public long PluginBytes { get; init; } = 16L << 20;

    /// <summary>Most keys that one plugin has in the cache through this host. Default 10,000.</summary>
    public int PluginKeys { get; init; } = 10_000;

    /// <summary>How long a value is kept that is set without a time. Default 1 hour.</summary>
    public TimeSpan DefaultTimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest time a value is kept; a longer one is shortened to it. Default 24 hours.</summary>
    public TimeSpan LongestTimeToLive { get; init; } = TimeSpan.FromHours(24);
}
