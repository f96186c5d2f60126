namespace Paddock;

/// <summary>The kinds of effect a plugin can ask for. A permission names one.</summary>
public enum PermissionType
{
    /// <summary>Files under granted roots.</summary>
    Files,

    /// <summary>The plugin's own persisted key-value store.</summary>
    Kv,

    /// <summary>Starting programs.</summary>
    Shell,

    /// <summary>Tables of the host's databases. The database engine enforces it.</summary>
    Db,

    /// <summary>The plugin's own part of the host's cache.</summary>
    Cache,

    /// <summary>Requests to other machines.</summary>
    Http,

    /// <summary>Sending mail.</summary>
    Email,

    /// <summary>Reading the host's configuration.</summary>
    Config,

    /// <summary>Calling other plugins.</summary>
    PluginCall,
}

/// <summary>What may be done with the thing a permission names.</summary>
[Flags]
public enum Access
{
    /// <summary>Nothing. A permission with no access grants nothing and is refused where it is written.</summary>
    None = 0,

    /// <summary>Read, list.</summary>
    Read = 1,

    /// <summary>Create, change.</summary>
    Write = 2,

    /// <summary>Run, send, call: the one access of shell, http, email and plugin_call.</summary>
    Execute = 4,

    /// <summary>Remove.</summary>
    Delete = 8,
}

/// <summary>An effect a manifest asks for: a kind, an access and a scope. It grants nothing.</summary>
/// <param name="Type">Kind of effect.</param>
/// <param name="Access">What is to be done.</param>
/// <param name="Scope">
/// To what. Never read as "all" when empty. Absolute directories for <see cref="PermissionType.Files"/> (<c>.</c> for the directory of the plugin's own in its sandbox), command names for
/// <see cref="PermissionType.Shell"/>, key prefixes for <see cref="PermissionType.Kv"/> and <see cref="PermissionType.Cache"/>, tables for
/// <see cref="PermissionType.Db"/> (<c>tickets</c>, <c>ticket_*</c>, <c>*</c>, <c>reports:sales</c> for a named database), hosts for
/// <see cref="PermissionType.Http"/> (<c>api.example.com</c>, <c>*.example.com</c>, <c>http://10.0.0.5:8080</c>), <c>@domain</c>s, <c>@*.domain</c>s or addresses for
/// <see cref="PermissionType.Email"/>, key patterns for <see cref="PermissionType.Config"/>, plugin names for <see cref="PermissionType.PluginCall"/>.
/// </param>
public sealed record Permission(PermissionType Type, Access Access, IReadOnlyList<string> Scope);

/// <summary>What an operator granted to one plugin, for one exact digest of its code, until a time.</summary>
/// <param name="Id">Stable id of the grant, as shown to operators and written to the audit.</param>
/// <param name="PluginId">The plugin it belongs to; no other plugin can use it.</param>
/// <param name="Digest">SHA-256 (lower-case hex) of the package it was given for. Another digest suspends the grant.</param>
/// <param name="Permission">Kind, access and scope.</param>
/// <param name="ExpiresAt">First instant at which it no longer holds.</param>
public sealed record Grant(string Id, string PluginId, string Digest, Permission Permission, DateTimeOffset ExpiresAt);

/// <summary>The grants that hold for one plugin at one moment. Immutable: a change of policy makes a new set, which takes effect on the next host call.</summary>
/// <param name="Grants">Active grants only; expired, revoked and suspended ones are left out by whoever makes the set.</param>
public sealed record GrantSet(IReadOnlyList<Grant> Grants)
{
    /// <summary>How often the plugin may use the host. Default: the rates of a plugin that nobody reviewed.</summary>
    public RateLimits Rates { get; init; } = RateLimits.Default;

    /// <summary>Whether what no grant covers is recorded for a proposal; null, the default, while nothing is observed.</summary>
    public Observation? Observation { get; init; }

    /// <summary>Keys of the configuration that look like secrets and that a grant covers all the same; every other one stays refused. Default none.</summary>
    public IReadOnlyList<string> SensitiveConfigKeys { get; init; } = [];

    /// <summary>Whether every host call is refused, also those that need no grant: the plugin is blocked, or may not run. Default false.</summary>
    public bool IsBlocked { get; init; }

    /// <summary>Grants nothing.</summary>
    public static GrantSet Empty { get; } = new([]);

    /// <summary>Grants nothing, and refuses what needs no grant too.</summary>
    public static GrantSet Blocked { get; } = new([]) { IsBlocked = true };

    /// <summary>Grants of one kind that include all of <paramref name="access"/> and have not expired at <paramref name="now"/>.</summary>
    public IEnumerable<Grant> Matching(PermissionType type, Access access, DateTimeOffset now) =>
        Grants.Where(g => g.Permission.Type == type && access != Access.None
            && (g.Permission.Access & access) == access && now < g.ExpiresAt);
}

/// <summary>Reads the grants that hold for a plugin right now. Asked at every host call, so that a revocation reaches a call under way.</summary>
public interface IGrantSource
{
    /// <summary>The active grants of <paramref name="pluginId"/> for the code with <paramref name="digest"/>. Never null; a store that cannot be read throws, and the call is denied.</summary>
    GrantSet ActiveGrants(string tenant, string pluginId, string digest);
}

/// <summary>How often a plugin may use the host, in sliding windows of a monotonic clock. 0 means that nothing of the kind is allowed; there is no "unlimited".</summary>
/// <param name="CallsPerSecond">Calls of the plugin.</param>
/// <param name="DbPerMinute">Queries and statements together.</param>
/// <param name="HttpPerMinute">Outbound requests.</param>
/// <param name="EmailsPerMinute">Mails.</param>
public sealed record RateLimits(int CallsPerSecond, int DbPerMinute, int HttpPerMinute, int EmailsPerMinute)
{
    /// <summary>100 calls a second, 600 database calls, 60 requests and 10 mails a minute.</summary>
    public static RateLimits Default { get; } = new(100, 600, 60, 10);
}

/// <summary>
/// Observing: for a time, under an operator's ceiling, a read that enforcement would deny is performed where the ceiling covers it, and
/// everything that enforcement would deny is recorded. A write or a request to another machine that no grant covers is never performed.
/// </summary>
/// <param name="Ceiling">What may be read while observing, though no grant covers it.</param>
/// <param name="Until">First instant at which enforcement alone holds again.</param>
public sealed record Observation(IReadOnlyList<Permission> Ceiling, DateTimeOffset Until);
