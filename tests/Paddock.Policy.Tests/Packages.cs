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
        // Whatever else the constructor takes is left at its default: unsigned.
        var constructor = typeof(VerifiedPackage).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).Single();
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { ["main.js"] = "1"u8.ToArray() };
        return (VerifiedPackage)constructor.Invoke([.. constructor.GetParameters().Select((p, i) => i switch
        {
            0 => manifest,
            1 => (object)files,
            _ => p.HasDefaultValue ? p.DefaultValue : p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null,
        })]);
    }

    public static VerifiedPackage Asking(params Permission[] permissions) => Of(Manifest() with { Permissions = permissions });

    public static Permission Db(Access access, params string[] scope) => new(PermissionType.Db, access, scope);

    public static Permission Http(params string[] scope) => new(PermissionType.Http, Access.Execute, scope);

    public static PluginPolicy Approved(params Permission[] grants) => new() { Status = PolicyStatus.Approved, Grants = grants };
}
