using Paddock.Sandbox.Container.Images;

namespace Paddock.Sandbox.Container.Tests;

/// <summary>What may be installed, decided before anything is.</summary>
public sealed class InstallPlanTests
{
    [Theory]
    [InlineData("left-pad", "1.3.0")]
    [InlineData("left-pad", "^1.3.0")]
    [InlineData("left-pad", "*")]
    public void Of_VersionOfTheRegistry_IsInstalled(string name, string version) => Assert.NotNull(InstallPlan.Of(Node(name, version), Language("node20")));

    [Theory]
    [InlineData("node20", "x", "http://evil.test/x.tgz")]
    [InlineData("node20", "x", "git+ssh://evil.test/x")]
    [InlineData("node20", "x", "someone/repository")]
    [InlineData("node20", "x", "file:../../etc")]
    [InlineData("python3.11", "x", " @ http://evil.test/x.whl")]
    [InlineData("python3.11", "x", "==1\n--index-url http://evil.test")]
    [InlineData("python3.11", "--index-url http://evil.test x", "1")]
    public void T67_DependencyOfTheManifestThatIsNoVersion_IsRefused(string runtime, string name, string version) =>
        Assert.Equal(ErrorCodes.ImageBuildFailed, Assert.Throws<SandboxLoadException>(() => InstallPlan.Of(Node(name, version), Language(runtime))).Error.Code);

    [Theory]
    [InlineData(".npmrc")]
    [InlineData("sub/.npmrc")]
    public void T67_SettingsOfTheInstaller_AreRefusedWhoeverNamesTheDependencies(string path)
    {
        var byManifest = Node("left-pad", "1.3.0");
        var byFile = new Dictionary<string, ReadOnlyMemory<byte>>(byManifest.Files) { ["package.json"] = """{"dependencies":{"left-pad":"1.3.0"}}"""u8.ToArray() };
        foreach (var spec in new[] { byManifest, byManifest with { Files = byFile, Dependencies = new Dictionary<string, string>() } })
        {
            // Control: without the settings it is installed.
            Assert.NotNull(InstallPlan.Of(spec, Language("node20")));
            var with = new Dictionary<string, ReadOnlyMemory<byte>>(spec.Files) { [path] = "registry=http://evil.test"u8.ToArray() };
            Assert.Throws<SandboxLoadException>(() => InstallPlan.Of(spec with { Files = with }, Language("node20")));
        }
    }

    private static ContainerLanguage Language(string name) => new(name, name.StartsWith('p') ? Images.Language.Python : Images.Language.Node);

    private static SandboxSpec Node(string name, string version) => new()
    {
        Digest = "d",
        Runtime = PluginRuntime.Container,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["main.js"] = "1"u8.ToArray() },
        Entry = "main.js",
        Limits = new Limits(),
        Dependencies = new Dictionary<string, string> { [name] = version },
    };
}
