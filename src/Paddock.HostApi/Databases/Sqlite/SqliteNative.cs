using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Paddock.HostApi.Databases;

/// <summary>Chooses the native SQLite: the system's, which is patched with the system, before the one that comes with the package, which is old.</summary>
public static class SqliteNative
{
    private static readonly Lazy<string> Loaded = new(Load);
    private static string _source = "bundled";

    /// <summary>Where the library comes from and its version, as it is logged. Loads it the first time.</summary>
    public static string Description
    {
        get
        {
            // First the version, for it is loading that tells the source.
            string version = Version;
            return $"{_source} {version}";
        }
    }

    /// <summary>The library's version. Loads it the first time.</summary>
    public static string Version => Loaded.Value;

    private static string Load()
    {
        // A choice that came too late would send the functions that were called before to one library and all others to another, with the
        // same handles: the process would not survive that. Whoever used SQLite first has chosen.
        if (IsInUse() || !TryResolve()) _source = "application's";
        Batteries_V2.Init();
        return raw.sqlite3_libversion().utf8_to_string();
    }

    private static bool IsInUse()
    {
        try
        {
            return raw.GetNativeLibraryName() is not null;
        }
        catch (Exception)
        {
            // The library says by an exception of no particular type that no provider is set.
            return false;
        }
    }

    private static bool TryResolve()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        string? system = OperatingSystem.IsLinux() ? "libsqlite3.so.0" : OperatingSystem.IsMacOS() ? "/usr/lib/libsqlite3.dylib" : null;
        if (name != "e_sqlite3" || system is null || !NativeLibrary.TryLoad(system, out var handle)) return IntPtr.Zero;
        _source = "system's";
        return handle;
    }
}
