using System.Reflection;
using System.Runtime.Loader;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>Which SQLite a process uses, in a set of assemblies that nothing has used before.</summary>
public sealed class SqliteNativeTests
{
    [Fact]
    public void Description_ApplicationUsedSqliteBefore_LeavesItsChoice()
    {
        var fresh = new FreshAssemblies();
        fresh.Call("SQLitePCLRaw.batteries_v2", "SQLitePCL.Batteries_V2", "Init");
        Assert.StartsWith("application's", fresh.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Description_NobodyUsedSqliteBefore_PrefersTheSystems()
    {
        bool has = OperatingSystem.IsMacOS() || (OperatingSystem.IsLinux() && System.Runtime.InteropServices.NativeLibrary.TryLoad("libsqlite3.so.0", out _));
        Assert.StartsWith(has ? "system's" : "bundled", new FreshAssemblies().Describe(), StringComparison.Ordinal);
    }

    private sealed class FreshAssemblies() : AssemblyLoadContext("fresh")
    {
        private readonly AssemblyDependencyResolver _resolver = new(typeof(SqliteNativeTests).Assembly.Location);

        public object? Call(string assembly, string type, string method) =>
            LoadFromAssemblyName(new AssemblyName(assembly)).GetType(type, throwOnError: true)!.GetMethod(method)!.Invoke(null, null);

        public string Describe() => (string)Call("Paddock.HostApi", "Paddock.HostApi.Databases.SqliteNative", "get_Description")!;

        protected override Assembly? Load(AssemblyName assemblyName) =>
            _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

        protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;
    }
}
