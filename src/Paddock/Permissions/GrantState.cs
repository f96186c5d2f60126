namespace Paddock;

/// <summary>Whether a grant holds.</summary>
public enum GrantState
{
    /// <summary>It holds.</summary>
    Active,

    /// <summary>The plugin's code is not the code it was given for. It holds again only if the code is that code again.</summary>
    Suspended,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>An operator took it back.</summary>
    Revoked,
}
