namespace Paddock.Store;

/// <summary>Which rows a principal sees: an operator those of the tenant, everybody else their own.</summary>
internal static class Scope
{
    /// <summary>The condition on a table whose alias is t; its parameters are Tenant, Owner and Everyone.</summary>
    // SECURITY: one user's or tenant's object reached by another. Every statement on behalf of a principal carries this condition.
    public const string Visible = "t.tenant = @Tenant AND (@Everyone OR t.owner = @Owner)";

    public static bool SeesEveryone(Principal principal) => principal.Role == PrincipalRole.Operator;
}
