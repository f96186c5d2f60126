namespace Paddock.AspNetCore;

/// <summary>The paths that are Paddock's.</summary>
internal static class Routes
{
    public const string Gitu = "/api/gitu";
    public const string GoatKit = "/api/v1";
    public const string Native = "/api/plugins";
    public const string Packages = "/api/packages";

    /// <summary>Files of plugins, each plugin's beneath its name.</summary>
    public const string Plugins = "/plugins";
    public const string OpenApi = "/openapi";
    public const string Health = "/health";
}
