namespace Paddock;

/// <summary>What a caller may do: authors create and call plugins, operators also grant and approve, an agent only calls.</summary>
public enum PrincipalRole
{
    /// <summary>Calls plugins on behalf of a model; never creates, never approves.</summary>
    Agent,

    /// <summary>Creates, changes and calls plugins; asks for permissions.</summary>
    Author,

    /// <summary>Everything an author may do, and grants, approves, revokes.</summary>
    Operator,
}

/// <summary>On whose behalf something happens. Every stored row carries its tenant and owner, and every store method takes one.</summary>
/// <param name="Tenant">The tenant whose rows are visible. Rows of another tenant do not exist for this principal.</param>
/// <param name="Owner">The user, stable and unique within the tenant.</param>
/// <param name="Role">The highest role held.</param>
public sealed record Principal(string Tenant, string Owner, PrincipalRole Role)
{
    /// <summary>The tenant of a server that has only one.</summary>
    public const string DefaultTenant = "default";
}
