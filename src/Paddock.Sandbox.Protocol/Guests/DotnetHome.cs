namespace Paddock.Sandbox.Protocol.Guests;

/// <summary>The .NET that this process runs on, for guests that run on it too.</summary>
public static class DotnetHome
{
    /// <summary>The directory that holds <c>dotnet</c> where the runtime is an installed one: its library is in ROOT/shared/Microsoft.NETCore.App/VERSION. Whether it is there is not looked at. Null for an application in a single file.</summary>
    public static string? Root { get; } = Above(Above(Above(Above(typeof(object).Assembly.Location))));

    private static string? Above(string? path) => Path.GetDirectoryName(path);
}
