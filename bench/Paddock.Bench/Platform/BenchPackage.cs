using System.Diagnostics;
using System.Text;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Bench.Platform;

/// <summary>A package in a directory of its own, as an author would make it.</summary>
internal sealed class BenchPackage : IDisposable
{
    private static readonly Lazy<byte[]> Module = new(() => Compile("bench.c")), Plain = new(() => Compile("bench.c", "-DPLAIN"));

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("paddock-bench-package-");

    private BenchPackage(string name) => Name = name;

    internal string Name { get; }

    internal PackageSource Source => PackageSource.FromDirectory(_directory.FullName);

    /// <summary>Everything that the bench's plugins ask for, and no bound on calls.</summary>
    internal static PluginPolicy Policy { get; } = new()
    {
        Status = PolicyStatus.Approved,
        Grants = [new Permission(PermissionType.Cache, Access.Read | Access.Write, ["figures:"])],
        Capabilities = ["*"],
        Rates = RateLimits.Default with { CallsPerSecond = PluginPolicy.Unlimited },
        LimitCeiling = new Limits { HostCalls = 100_000 },
    };

    internal static byte[] Wasm => Module.Value;

    /// <summary>A package with nothing in it yet.</summary>
    internal static BenchPackage Of(string name) => new(name);

    /// <summary>Where the source of a guest is.</summary>
    internal static string Guest(string file) => Path.Combine(Repository.Root, "bench", "Paddock.Bench", "Guests", file);

    /// <summary>The plugin in C; a plain one has no routes, so that there can be many.</summary>
    internal static BenchPackage InC(string name = "bench", string version = "1.0.0", bool plain = false) => new BenchPackage(name)
        .Write("plugin.yaml", Manifest(name, version, "wasm", "bench.wasm"))
        .Write("bench.wasm", plain ? Plain.Value : Wasm);

    /// <summary>A plugin in JavaScript.</summary>
    internal static BenchPackage InJavaScript(string name, string code) => new BenchPackage(name)
        .Write("plugin.yaml", Manifest(name, "1.0.0", "javascript", "main.js"))
        .Write("main.js", Encoding.UTF8.GetBytes(code));

    internal async Task<BenchPackage> SignAsync(IJavaScriptAnalyzer analyzer, byte[] key)
    {
        var verified = await new PackageVerifier(analyzer).VerifyPackageAsync(Source, PackageTrust.None, CancellationToken.None);
        var file = PackageSigner.Sign(verified.Package!, key);
        return Write(file.Path, file.Content.ToArray());
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private BenchPackage Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    internal BenchPackage Write(string path, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(_directory.FullName, path), content);
        return this;
    }

    private static string Manifest(string name, string version, string runtime, string entry) => $$"""
        apiVersion: paddock/v1
        name: {{name}}
        version: {{version}}
        runtime: {{runtime}}
        entry: {{entry}}
        permissions:
          - { type: cache, access: [read, write], scope: ["figures:"] }
        capabilities: { required: ["route:public"] }
        limits: { hostCalls: 100000 }

        """;

    internal static byte[] Compile(string file, params string[] options)
    {
        var output = Path.Combine(Path.GetTempPath(), $"paddock-bench-{Guid.NewGuid():N}.wasm");
        using (var clang = Process.Start("clang", ["--target=wasm32-wasi", "-mexec-model=reactor", "-O2", .. options, "-I", Path.Combine(Repository.Root, "guest", "c"), Guest(file), "-o", output]))
        {
            clang.WaitForExit();
            if (clang.ExitCode != 0) throw new InvalidOperationException("clang failed.");
        }

        var module = File.ReadAllBytes(output);
        File.Delete(output);
        return module;
    }
}
