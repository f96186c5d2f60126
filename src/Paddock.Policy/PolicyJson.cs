using System.Text.Json;

namespace Paddock.Policy;

/// <summary>A policy as JSON. Reading is strict: an unknown member, kind or word, an empty scope, anything twice, and there is no policy at all.</summary>
public static class PolicyJson
{
    /// <summary>Most bytes of a policy. 1 MiB.</summary>
    public const int LongestDocument = 1 << 20;

    private static readonly (PolicyStatus Status, string Name)[] Statuses =
        [(PolicyStatus.PendingReview, "pending_review"), (PolicyStatus.Approved, "approved"), (PolicyStatus.Restricted, "restricted"), (PolicyStatus.Blocked, "blocked")];

    private static readonly (IsolationLevel Level, string Name)[] Levels =
    [
        (IsolationLevel.InProcess, "inprocess"), (IsolationLevel.Process, "process"), (IsolationLevel.Container, "container"),
        (IsolationLevel.MicroVm, "microvm"), (IsolationLevel.Remote, "remote"),
    ];

    /// <summary>Reads a policy (UTF-8 JSON); or says everything that is wrong with it. What it leaves out has the defaults of <see cref="PluginPolicy"/>, except its status, which has to be there.</summary>
    public static PolicyReading Read(ReadOnlyMemory<byte> json)
    {
        var findings = new List<Finding>();
        using var document = JsonNodeReader.Parse(json, LongestDocument, findings);
        if (document is null) return new PolicyReading(null, findings);
        var reader = new JsonNodeReader(document.RootElement, "", findings);
        var policy = new PluginPolicy
        {
            Status = StatusOf(reader) ?? PolicyStatus.PendingReview,
            Grants = Permissions(reader, "grants", grants: true),
            Capabilities = reader.Texts("capabilities", Capability.IsValid),
            LimitCeiling = reader.Object("limits") is { } limits ? Ceiling(limits) : new Limits(),
            Rates = reader.Object("rates") is { } rates ? Rates(rates) : RateLimits.Default,
            IsolationFloor = reader.Has("isolationFloor") ? reader.Word("isolationFloor", Levels, l => l.Name)?.Level ?? IsolationLevel.Remote : IsolationLevel.InProcess,
            Stateful = reader.Flag("stateful"),
            RawHtml = reader.Flag("rawHtml"),
            Observation = reader.Object("observation") is { } observation ? Observed(observation) : null,
            SensitiveConfigKeys = reader.Texts("sensitiveConfigKeys", k => k.Length > 0 && !k.Contains('*', StringComparison.Ordinal)),
        };
        reader.End();
        return new PolicyReading(findings.Count == 0 ? policy : null, findings);
    }

    /// <summary>A policy as indented UTF-8 JSON that <see cref="Read"/> reads back as it was.</summary>
    public static byte[] Write(PluginPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return PolicyJsonWriter.Write(policy);
    }

    internal static PolicyStatus? StatusOf(JsonNodeReader reader) => reader.Word("status", Statuses, s => s.Name)?.Status;

    internal static string StatusName(PolicyStatus status) => Array.Find(Statuses, s => s.Status == status).Name;

    internal static string IsolationName(IsolationLevel level) => Array.Find(Levels, l => l.Level == level).Name;

    private static List<Permission> Permissions(JsonNodeReader reader, string member, bool grants)
    {
        var read = new List<Permission>();
        foreach (var item in reader.Objects(member))
        {
            var type = item.Text("type") is { } name ? PolicyText.Type(name) ?? item.Bad<PermissionType>("type", "It is no kind of permission.", "db, cache, kv, http, email, config, files, shell or plugin_call.") : null;
            var access = AccessOf(item, type);
            var scope = type is { } kind ? item.Texts("scope", e => ScopeEntry.IsValid(kind, e)) : item.Texts("scope", _ => true);
            if (scope.Count == 0) item.Fail(PolicyCodes.ScopeInvalid, "scope", "The scope names nothing.", "Name what is granted; nothing stands for everything.");
            if (!grants && access is { } observed && observed != Access.Read) item.Fail(PolicyCodes.PolicyInvalid, "access", "Observing performs reads alone.", "read");
            item.End();
            if (type is { } t && access is { } a && scope.Count > 0) read.Add(new Permission(t, a, scope));
        }

        return read;
    }

    // One word, readwrite, or a list of words; may be left out where the kind has but one.
    private static Access? AccessOf(JsonNodeReader item, PermissionType? type)
    {
        var all = type is { } only && !item.Has("access") && PolicyText.Known(only) is (Access.Execute or Access.Read) ? PolicyText.Known(only) : Access.None;
        foreach (var word in item.TextOrTexts("access"))
        {
            if (PolicyText.AccessOf(word) is { } one) all |= one;
            else return item.Bad<Access>("access", "It is no access.", "read, write, readwrite, execute or delete.");
        }

        if (all != Access.None && (type is null || (all & ~PolicyText.Known(type.Value)) == 0)) return all;
        return item.Bad<Access>("access", "It is no access that this kind has.", type is null ? "read" : string.Join(", ", PolicyText.Names(PolicyText.Known(type.Value))));
    }

    private static Limits Ceiling(JsonNodeReader reader)
    {
        var defaults = new Limits();
        var limits = new Limits
        {
            Timeout = TimeSpan.FromMilliseconds(reader.Number("timeoutMs", 200, 300_000, (long)defaults.Timeout.TotalMilliseconds)),
            InitTimeout = TimeSpan.FromMilliseconds(reader.Number("initTimeoutMs", 200, 300_000, (long)defaults.InitTimeout.TotalMilliseconds)),
            MemoryBytes = reader.Number("memoryBytes", 1 << 16, 1L << 40, defaults.MemoryBytes),
            StackBytes = (int)reader.Number("stackBytes", 1 << 12, int.MaxValue, defaults.StackBytes),
            ResultBytes = (int)reader.Number("resultBytes", 1, int.MaxValue, defaults.ResultBytes),
            LogBytes = (int)reader.Number("logBytes", 0, int.MaxValue, defaults.LogBytes),
            LogEntries = (int)reader.Number("logEntries", 0, int.MaxValue, defaults.LogEntries),
            HostCalls = (int)reader.Number("hostCalls", 0, int.MaxValue, defaults.HostCalls),
            Cpu = reader.Number("cpuThousandths", 1, 1_000_000, (long)(defaults.Cpu * 1000)) / 1000.0,
            Processes = (int)reader.Number("processes", 1, 1_000_000, defaults.Processes),
        };
        reader.End();
        return limits;
    }

    private static RateLimits Rates(JsonNodeReader reader)
    {
        var rates = new RateLimits(
            reader.Rate("callsPerSecond", RateLimits.Default.CallsPerSecond),
            reader.Rate("dbPerMinute", RateLimits.Default.DbPerMinute),
            reader.Rate("httpPerMinute", RateLimits.Default.HttpPerMinute),
            reader.Rate("emailsPerMinute", RateLimits.Default.EmailsPerMinute));
        reader.End();
        return rates;
    }

    private static Observation? Observed(JsonNodeReader reader)
    {
        var ceiling = Permissions(reader, "ceiling", grants: false);
        var until = reader.Time("until");
        reader.End();
        return until is { } end ? new Observation(ceiling, end) : null;
    }
}

/// <summary>A policy that was read, or all that is wrong with it.</summary>
/// <param name="Policy">The policy; null when anything is wrong.</param>
/// <param name="Findings">What is wrong, and warnings.</param>
public sealed record PolicyReading(PluginPolicy? Policy, IReadOnlyList<Finding> Findings);
