namespace Paddock.Packaging.Tests;

/// <summary>Packages of the other dialects.</summary>
internal static class Dialects
{
    public static PackageSource Source(string manifestFile, string manifest, params string[] others) =>
        Packages.Source([Packages.File(manifestFile, manifest), .. others.Select(o => Packages.File(o, "content"))]);
}
