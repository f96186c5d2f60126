namespace Paddock.AspNetCore;

/// <summary>The paths that are Paddock's.</summary>
internal static class Routes
{
    public const string Agent = "/api/agent";
    public const string Gitu = "/api/gitu";
    public const string GoatKit = "/api/v1/plugins";
    public const string Native = "/api/plugins";
    public const string Contributions = "/api/contributions";
    public const string Host = "/api/host";
    public const string Packages = "/api/packages";
    public const string Jobs = "/api/jobs";
    public const string Replays = "/api/replays";

    /// <summary>Files of plugins, each plugin's beneath its name.</summary>
    public const string Plugins = "/plugins";
    public const string OpenApi = "/openapi";
    public const string Health = "/health";

    /// <summary>The interfaces, each with all that is beneath it.</summary>
    public static readonly string[] Apis = [Gitu, GoatKit, Native, Packages, Host, Jobs, Replays, Contributions, Agent];
}
