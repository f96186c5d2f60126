namespace Paddock.AspNetCore;

/// <summary>The names of middleware that every application has.</summary>
internal static class PluginMiddleware
{
    public const string Auth = "auth";

    public const string Admin = "admin";

    /// <summary>No authorization at all: stands alone, and needs a capability.</summary>
    public const string Public = "public";
}
