namespace Paddock.AspNetCore;

/// <summary>The paths that are Paddock's.</summary>
internal static class Routes
{
    public const string Gitu = "/api/gitu";
    public const string Native = "/api/plugins";
    public const string OpenApi = "/openapi";
    public const string Health = "/health";
}
