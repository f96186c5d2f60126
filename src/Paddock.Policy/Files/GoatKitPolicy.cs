using System.Text.Json;

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

    /// <summary>
    /// Reads a ResourcePolicy (UTF-8 JSON). A limit of 0 is the default; a rate of 0 is no bound, and a warning. A scope that is left out is
    /// <c>*</c> for <c>db</c>, with a warning, and for <c>cache</c>; for any other kind it grants nothing, with a warning. All registrations
    /// are granted, for this format has none. <c>shutdown_timeout</c> is read and bounds nothing here: shutting down has the host's bound.
    /// </summary>
    public static PolicyReading Read(ReadOnlyMemory<byte> json)
    {
        var findings = new List<Finding>();
        using var document = JsonNodeReader.Parse(json, PolicyJson.LongestDocument, findings);
        if (document is null) return new PolicyReading(null, findings);
        var reader = new JsonNodeReader(document.RootElement, "", findings);
        var defaults = Defaults.LimitCeiling;
        _ = reader.Has("plugin_name");
        var policy = new PluginPolicy
        {
            Status = PolicyJson.StatusOf(reader) ?? PolicyStatus.PendingReview,
            Grants = Permissions(reader),
            Capabilities = ["*"],
            LimitCeiling = new Limits
            {
                MemoryBytes = reader.Number("memory_mb", 0, 1 << 20, 0) is var megabytes and > 0 ? megabytes << 20 : defaults.MemoryBytes,
                Timeout = Duration(reader, "call_timeout", defaults.Timeout),
                InitTimeout = Duration(reader, "init_timeout", defaults.InitTimeout),
            },
            Rates = new RateLimits(
                Rate(reader, "max_calls_per_second", Defaults.Rates.CallsPerSecond),
                Rate(reader, "max_db_queries_per_min", Defaults.Rates.DbPerMinute),
                Rate(reader, "max_http_req_per_min", Defaults.Rates.HttpPerMinute),
                Defaults.Rates.EmailsPerMinute),
        };
        _ = Duration(reader, "shutdown_timeout", TimeSpan.FromSeconds(5));
        reader.End();
        return new PolicyReading(findings.TrueForAll(f => f.Severity != FindingSeverity.Error) ? policy : null, findings);
    }

    private static List<Permission> Permissions(JsonNodeReader reader)
    {
        var read = new List<Permission>();
        foreach (var item in reader.Objects("permissions"))
        {
            var type = item.Text("type") is { } name ? PolicyText.Type(name) ?? item.Bad<PermissionType>("type", "It is no kind of permission.", "db, cache, http, email, config or plugin_call.") : null;
            var access = type is { } kind ? AccessOf(item, kind) : null;
            var scope = item.Texts("scope", e => type is not { } t || ScopeEntry.IsValid(t, e), nullIsEmpty: true);
            item.End();
            if (type is not { } granted || access is not { } what) continue;
            if (scope.Count == 0 && granted is (PermissionType.Db or PermissionType.Cache)) scope = ["*"];
            if (scope.Count == 0) item.Warn(PolicyCodes.ScopeInvalid, "scope", "It grants nothing: it does not say to what.", "Name what is granted.");
            else read.Add(new Permission(granted, what, scope));
            if (granted == PermissionType.Db && scope.Contains("*")) item.Warn(PolicyCodes.AllTables, "scope", "It grants every table.", "Grant the tables that it needs.");
        }

        return read;
    }

    // The seed says "(any)" for the effects that have but one access.
    private static Access? AccessOf(JsonNodeReader item, PermissionType type)
    {
        var known = PolicyText.Known(type);
        var word = item.Has("access") ? item.Text("access") : null;
        if (known is Access.Execute) return known;
        if (word is not null && PolicyText.AccessOf(word) is { } access && (access & ~known) == 0)
            return type is (PermissionType.Kv or PermissionType.Files) && access.HasFlag(Access.Write) ? access | Access.Delete : access;
        return item.Bad<Access>("access", "It is no access that this kind has.", string.Join(", ", PolicyText.Names(known)));
    }

    private static int Rate(JsonNodeReader reader, string name, int fallback)
    {
        var rate = (int)reader.Number(name, 0, PluginPolicy.Unlimited - 1, fallback);
        if (rate > 0) return rate;
        reader.Warn(PolicyCodes.RateUnlimited, name, "It has no bound.", "Set a number.");
        return PluginPolicy.Unlimited;
    }

    // Go writes a duration as nanoseconds; people write 30s.
    private static TimeSpan Duration(JsonNodeReader reader, string name, TimeSpan fallback)
    {
        var nanoseconds = reader.Kind(name) == JsonValueKind.String ? GoDuration.Parse(reader.Text(name)!) : reader.Number(name, 0, long.MaxValue, 0);
        if (nanoseconds is { } value && value / 1_000_000 <= 300_000) return value == 0 ? fallback : TimeSpan.FromTicks(Math.Max(value / 100, TimeSpan.TicksPerMillisecond));
        reader.Fail(PolicyCodes.PolicyInvalid, name, "It is no duration of at most five minutes.", "30s");
        return fallback;
    }
}
