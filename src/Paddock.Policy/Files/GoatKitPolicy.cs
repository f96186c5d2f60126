namespace Paddock.Policy;

/// <summary>Policies of GoatKit: what its plugins run with while nobody has reviewed them, and its ResourcePolicy as JSON.</summary>
public static class GoatKitPolicy
{
    /// <summary>
    /// What GoatKit gives a plugin that nobody reviewed: any table for reading, its part of the cache, 256 MB, 30 s, and every
    /// registration. Used where a host turns <see cref="PolicyContext.GoatKitDefaults"/> on.
    /// </summary>
    public static PluginPolicy Defaults { get; } = new()
    {
        Grants = [new Permission(PermissionType.Db, Access.Read, ["*"]), new Permission(PermissionType.Cache, Access.Read | Access.Write, ["*"])],
        Capabilities = ["*"],
        LimitCeiling = new Limits { MemoryBytes = 256L << 20, Timeout = TimeSpan.FromSeconds(30), InitTimeout = TimeSpan.FromSeconds(10) },
        Rates = new RateLimits(100, 600, 60, 10),
    };
}
