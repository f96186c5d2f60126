namespace Paddock;

/// <summary>The names of authorisation that every host knows; an application adds its own in <see cref="PaddockOptions.Middleware"/>.</summary>
public static class Middleware
{
    /// <summary>Anyone who is signed in. What a route without any middleware gets.</summary>
    public const string Authenticated = "auth";

    /// <summary>Operators.</summary>
    public const string Administrator = "admin";

    /// <summary>Anyone. Needs the capability <c>route:public</c>.</summary>
    public const string Public = "public";
}
