namespace Paddock;

/// <summary>What became of a permission request.</summary>
public enum PermissionRequestStatus
{
    /// <summary>Nobody decided yet.</summary>
    Pending,

    /// <summary>An operator approved it; there is a grant.</summary>
    Approved,

    /// <summary>An operator denied it.</summary>
    Denied,
}
