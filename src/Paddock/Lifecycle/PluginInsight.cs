using Paddock.HostApi;

namespace Paddock.Lifecycle;

internal sealed class PluginInsight(InstalledPlugins installed, PluginLedgers ledgers) : IPluginInsight
{
    public Result<IReadOnlyList<PluginLogEntry>> Logs(Principal principal, string? plugin, LogSeverity least, int limit)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        if (limit is < 1 or > 1000) return ServiceError.Invalid([new Finding(ServiceErrorCodes.LimitInvalid, "The limit is not within 1 to 1,000.") { Path = "limit" }]);
        if (!Selected(principal, plugin).TryGetValue(out var plugins, out var error)) return error;
        return Result.Ok<IReadOnlyList<PluginLogEntry>>(
            [.. plugins.SelectMany(p => p.Logs.Read(least).Select(e => new PluginLogEntry(p.Name, e))).Reverse().OrderByDescending(e => e.Entry.At).Take(limit)]);
    }

    public Result<bool> ClearLogs(Principal principal, string? plugin)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        if (!Selected(principal, plugin).TryGetValue(out var plugins, out var error)) return error;
        foreach (var one in plugins) one.Logs.Clear();
        return true;
    }

    public Result<IReadOnlyDictionary<string, PluginStatistics>> Statistics(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        return Result.Ok<IReadOnlyDictionary<string, PluginStatistics>>(installed.Of(principal.Tenant).ToDictionary(p => p.Name, Statistics, StringComparer.Ordinal));
    }

    private Result<IReadOnlyList<InstalledPlugin>> Selected(Principal principal, string? plugin)
    {
        if (plugin is null) return Result.Ok<IReadOnlyList<InstalledPlugin>>([.. installed.Of(principal.Tenant)]);
        return installed.Find(principal.Tenant, plugin) is { } one ? Result.Ok<IReadOnlyList<InstalledPlugin>>([one]) : ServiceError.PluginNotFound;
    }

    private PluginStatistics Statistics(InstalledPlugin plugin)
    {
        var usage = ledgers.Of(plugin.Identity.Tenant, plugin.Identity.Id).Usage;
        return plugin.Statistics() with
        {
            DbQueries = usage.DbQueries,
            DbExecs = usage.DbExecs,
            CacheOperations = usage.CacheOperations,
            HttpRequests = usage.HttpRequests,
            Emails = usage.Emails,
            PluginCalls = usage.PluginCalls,
            Denials = usage.Denials,
        };
    }
}
