namespace Paddock.AspNetCore;

/// <summary>Names of the authorization policies that Paddock's endpoints require, and of the scheme that its tokens are presented under.</summary>
public static class PaddockPolicies
{
    /// <summary>The authentication scheme of Paddock's bearer tokens.</summary>
    public const string Scheme = "Paddock";

    /// <summary>The scheme of plugin routes and pages: Paddock's for a request that presents a token, the application's own for any other.</summary>
    public const string UserScheme = "Paddock.User";

    /// <summary>Any known token.</summary>
    public const string Caller = "Paddock.Caller";

    /// <summary>An author's or an operator's token.</summary>
    public const string Author = "Paddock.Author";

    /// <summary>An operator's token.</summary>
    public const string Operator = "Paddock.Operator";

    /// <summary>Any known token, or a user of the application whom it makes known. What <c>auth</c> means to a plugin's route.</summary>
    public const string User = "Paddock.User";

    /// <summary>An operator, by token or as a user of the application. What <c>admin</c> means to a plugin's route.</summary>
    public const string Admin = "Paddock.Admin";
}
