namespace Paddock;

/// <summary>What sort of refusal it is: enough for an interface to choose a status without knowing every code.</summary>
public enum ServiceErrorKind
{
    /// <summary>The request is malformed; its findings say how (HTTP 400).</summary>
    Invalid,

    /// <summary>The principal's role does not allow it (HTTP 403).</summary>
    Forbidden,

    /// <summary>There is no such thing for this principal (HTTP 404). Another owner's or tenant's object answers exactly so.</summary>
    NotFound,

    /// <summary>The state of the thing does not allow it now (HTTP 409).</summary>
    Conflict,

    /// <summary>More than is allowed in a while (HTTP 429).</summary>
    TooMany,

    /// <summary>Not now, whatever the request (HTTP 503).</summary>
    Unavailable,
}
