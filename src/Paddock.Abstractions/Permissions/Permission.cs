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

    /// <summary>Run.</summary>
    Execute = 4,

    /// <summary>Remove.</summary>
    Delete = 8,
}

/// <summary>An effect a manifest asks for: a kind, an access and a scope. It grants nothing.</summary>
/// <param name="Type">Kind of effect.</param>
/// <param name="Access">What is to be done.</param>
/// <param name="Scope">To what: absolute directories for <see cref="PermissionType.Files"/>, command names for <see cref="PermissionType.Shell"/>. Never read as "all" when empty.</param>
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
    /// <summary>Grants nothing.</summary>
    public static GrantSet Empty { get; } = new([]);

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
