namespace Paddock.Wasm.Tests.Programs;

/// <summary>Modules that other toolchains made, from packages that the project's lock file pins.</summary>
internal static class Toolchains
{
    /// <summary>esbuild: a large program that Go compiled for WASI, scheduler and garbage collector included.</summary>
    internal static byte[] Go => Read("@esbuild/wasi-preview1/esbuild.wasm");

    /// <summary>gofmt: a reactor that TinyGo compiled.</summary>
    internal static byte[] TinyGo => Read("@wasm-fmt/gofmt/gofmt.wasm");

    private static byte[] Read(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Paddock.slnx"))) folder = folder.Parent ?? throw new InvalidOperationException("outside the project");
        return File.ReadAllBytes(Path.Combine(folder.FullName, "tests/Paddock.Wasm.Tests/node_modules", path));
    }
}
