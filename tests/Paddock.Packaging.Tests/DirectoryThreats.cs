using System.Diagnostics;

namespace Paddock.Packaging.Tests;

/// <summary>Rows 3 and 4 where the package is a directory.</summary>
public sealed class DirectoryThreats : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("paddock");
    private readonly DirectoryInfo _outside = Directory.CreateTempSubdirectory("paddock");

    public DirectoryThreats()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "plugin.yaml"), Packages.Manifest);
        File.WriteAllText(Path.Combine(_directory.FullName, "main.js"), "module.exports = 1;");
        File.WriteAllText(Path.Combine(_outside.FullName, "canary.txt"), "canary");
    }

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        _outside.Delete(recursive: true);
    }

    [Fact]
    public async Task T03_LinkToAFile_IsRefused()
    {
        File.CreateSymbolicLink(Inside("data.txt"), Path.Combine(_outside.FullName, "canary.txt"));
        Assert.Equal([PackageCodes.FileKind], await Packages.Codes(PackageSource.FromDirectory(_directory.FullName)));
        Assert.Equal("canary", File.ReadAllText(Inside("data.txt"))); // Control: whoever follows it has the canary.
    }

    [Fact]
    public async Task T03_LinkToADirectory_IsRefused()
    {
        Directory.CreateSymbolicLink(Inside("data"), _outside.FullName);
        Assert.Equal([PackageCodes.FileKind], await Packages.Codes(PackageSource.FromDirectory(_directory.FullName)));
        Assert.Equal("canary", File.ReadAllText(Inside("data/canary.txt")));
    }

    [Fact]
    public async Task T03_LinkAsSingleFile_IsRefused()
    {
        string link = Inside("hello.js");
        File.CreateSymbolicLink(link, Path.Combine(_outside.FullName, "canary.txt"));
        Assert.Equal([PackageCodes.FileKind], await Packages.Codes(PackageSource.FromFile(link)));
        Assert.Equal("canary", File.ReadAllText(link));
    }

    [Fact]
    public async Task T03_HardLinkAndPipe_AreRefusedWithoutWaiting()
    {
        Run("ln", Path.Combine(_outside.FullName, "canary.txt"), Inside("hard.txt"));
        Run("mkfifo", Inside("pipe"));
        Assert.Equal([PackageCodes.FileKind, PackageCodes.FileKind], await Packages.Codes(PackageSource.FromDirectory(_directory.FullName)));
        Assert.Equal("canary", File.ReadAllText(Inside("hard.txt")));
    }

    [Fact]
    public async Task Verify_RootThatIsALink_IsTheHostsOwnBusiness()
    {
        string link = Path.Combine(_outside.FullName, "plugins");
        Directory.CreateSymbolicLink(link, _directory.FullName);
        await Packages.Good(PackageSource.FromDirectory(link));
    }

    [Fact]
    public async Task Verify_DirectoriesWithoutEnd_AreRefused()
    {
        string path = _directory.FullName;
        for (int i = 0; i < 110; i++) path = Path.Combine(path, "d");
        Directory.CreateDirectory(path);
        Assert.Equal([PackageCodes.PathInvalid], await Packages.Codes(PackageSource.FromDirectory(_directory.FullName)));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/abs")]
    [InlineData("C:evil")]
    [InlineData("-rf")]
    [InlineData("ab\\ncd")]
    [InlineData("Stats")]
    [InlineData("st\u0430ts")]
    public async Task T04_NameUsedAsAPath_IsRefused(string name)
    {
        string quoted = $"\"{name}\"";
        Assert.Contains(PackageCodes.ValueInvalid, await Packages.Codes(Packages.Manifest.Replace("ticket-stats", quoted, StringComparison.Ordinal)));
        Assert.Contains(PackageCodes.ValueInvalid, await Packages.Codes(Dialects.Source("nexus.plugin.json", $$"""{ "id": {{quoted}}, "configSchema": {} }""", "runner")));
        Assert.Contains(PackageCodes.ValueInvalid, await Packages.Codes(Dialects.Source("manifest.json", $$"""{ "id": {{quoted}}, "name": "x", "version": "1", "permissions": [] }""", "plugin.py")));
        Assert.Contains(PackageCodes.ValueInvalid, await Packages.Codes(Dialects.Source("plugin.yaml", $"name: {quoted}\nruntime: template\n")));
        Assert.Contains(PackageCodes.ValueInvalid, await Packages.Codes(Dialects.Source("plugin.yaml", $"name: {quoted}\nruntime: node18\nentry: main.js\n", "main.js")));
    }

    private string Inside(string name) => Path.Combine(_directory.FullName, name);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
