using System.Text;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Tests.Packages;

/// <summary>A package in a directory of its own, in the native format, with a list of steps for its code.</summary>
internal sealed class TestPackage : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("paddock-package-");

    public TestPackage(string name = "stats", string version = "1.0.0", string more = "", params string[] steps)
    {
        Write("plugin.yaml", $"apiVersion: paddock/v1\nname: {name}\nversion: {version}\nruntime: javascript\nentry: main.js\n{more}");
        Write("main.js", string.Join('\n', ["// steps of a test", .. steps]));
    }

    public string Path => _directory.FullName;

    public PackageSource Source => PackageSource.FromDirectory(Path);

    /// <summary>Approved, with these grants, every capability, and no bound on calls.</summary>
    public static PluginPolicy Approved(params Permission[] grants) => new()
    {
        Status = PolicyStatus.Approved,
        Grants = grants,
        Capabilities = ["*"],
        Rates = RateLimits.Default with { CallsPerSecond = PluginPolicy.Unlimited },
    };

    public TestPackage Write(string path, string text)
    {
        string full = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, Encoding.UTF8.GetBytes(text));
        return this;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
