namespace Paddock.AspNetCore;

/// <summary>Names of the authorization policies that Paddock's endpoints require, and of the scheme that its tokens are presented under.</summary>
public static class PaddockPolicies
{
    /// <summary>The authentication scheme of Paddock's bearer tokens.</summary>
    public const string Scheme = "Paddock";

    /// <summary>Any known token.</summary>
    public const string Caller = "Paddock.Caller";

    /// <summary>An author's or an operator's token.</summary>
    public const string Author = "Paddock.Author";

    /// <summary>An operator's token.</summary>
    public const string Operator = "Paddock.Operator";
}
