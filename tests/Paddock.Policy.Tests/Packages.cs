using System.Reflection;
using Paddock.Packaging;

namespace Paddock.Policy.Tests;

/// <summary>Packages with any manifest. The verifier alone makes them outside of tests, and posted snippets cannot ask for anything.</summary>
internal static class Packages
{
    public static PluginManifest Manifest(string dialect = "paddock") =>
        new() { Name = "stats", Runtime = PluginRuntime.JavaScript, Entry = "main.js", Dialect = dialect };

    public static VerifiedPackage Of(PluginManifest manifest)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { ["main.js"] = "1"u8.ToArray() };
        var constructor = typeof(VerifiedPackage).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(PluginManifest), typeof(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>)])!;
        return (VerifiedPackage)constructor.Invoke([manifest, files]);
    }

    /// <summary>The same as if verification had found this about its signature.</summary>
    public static VerifiedPackage Signed(SignatureState state)
    {
        const BindingFlags hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        var package = Of(Manifest());
        var seal = Activator.CreateInstance(typeof(VerifiedPackage).Assembly.GetType("Paddock.Packaging.PackageSeal", throwOnError: true)!)!;
        seal.GetType().GetProperty("State")!.SetValue(seal, state);
        typeof(VerifiedPackage).GetField("<Seal>k__BackingField", hidden)!.SetValue(package, seal);
        return package;
    }

    public static VerifiedPackage Asking(params Permission[] permissions) => Of(Manifest() with { Permissions = permissions });

    public static Permission Db(Access access, params string[] scope) => new(PermissionType.Db, access, scope);

    public static Permission Http(params string[] scope) => new(PermissionType.Http, Access.Execute, scope);

    public static Permission Files(Access access, params string[] scope) => new(PermissionType.Files, access, scope);

    public static PluginPolicy Approved(params Permission[] grants) => new() { Status = PolicyStatus.Approved, Grants = grants };
}
