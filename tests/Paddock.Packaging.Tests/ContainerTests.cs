using System.Globalization;

namespace Paddock.Packaging.Tests;

public sealed class ContainerTests
{
    [Fact]
    public async Task Verify_TheGuidesExample_HoldsManifestAndFiles()
    {
        var package = await Drafts.Package(Drafts.WithManifest(Drafts.Manifest));
        Assert.Equal(["main.js", "plugin.yaml"], package.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("my_container_plugin", "node18", "main.js"), (package.Manifest.Name, package.Manifest.RuntimeVersion, package.Manifest.Entry));
        Assert.Equal((PluginRuntime.Container, IsolationLevel.Container), (package.Manifest.Runtime, package.Manifest.Isolation));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("./x")]
    [InlineData("a/../x")]
    [InlineData("a//x")]
    [InlineData("a/")]
    [InlineData("a\\x")]
    [InlineData("C:x")]
    [InlineData("nul.txt")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("x.")]
    [InlineData(" x")]
    [InlineData("")]
    [InlineData("caf\u00e9")]
    [InlineData("MAIN.js")]
    [InlineData("Plugin.yaml")]
    [InlineData("main.js/x")]
    public async Task T02_T08_FileName_ThatLeavesOrCollides_IsRefused(string name) =>
        Assert.Equal([FindingCodes.FileNameInvalid], await Drafts.Codes(Drafts.Container(new Dictionary<string, string> { ["main.js"] = "1", [name] = "2" })));

    [Fact]
    public async Task Verify_FileName_InDirectories_IsTaken()
    {
        var package = await Drafts.Package(Drafts.Container(new Dictionary<string, string> { ["main.js"] = "1", ["lib/a-b_c (1).js"] = "2" }));
        Assert.Contains("lib/a-b_c (1).js", package.Files.Keys);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"main.js\"")]
    public async Task Verify_NoFiles_IsReported(string files)
    {
        using var json = System.Text.Json.JsonDocument.Parse(files);
        Assert.Equal([FindingCodes.FilesRequired], await Drafts.Codes(Drafts.Container(json.RootElement)));
    }

    [Fact]
    public async Task Verify_TooManyFiles_IsReported() =>
        Assert.Equal([FindingCodes.FilesTooMany], await Drafts.Codes(Drafts.Container(
            Enumerable.Range(0, 51).ToDictionary(n => n.ToString(CultureInfo.InvariantCulture), n => "x"))));

    [Fact]
    public async Task Verify_LargeFiles_AreReportedEachAndTogether()
    {
        var files = Enumerable.Range(0, 4).ToDictionary(n => $"f{n}.js", n => new string('x', 500_001));
        files["main.js"] = "1";
        string[] codes = await Drafts.Codes(Drafts.Container(files));
        Assert.Equal([.. Enumerable.Repeat(FindingCodes.FileTooLarge, 4), FindingCodes.FilesTotalTooLarge], codes);
    }

    [Fact]
    public async Task Verify_ContentThatIsNoText_IsReported() =>
        Assert.Equal([FindingCodes.FileContentInvalid], await Drafts.Codes(Drafts.Container(new Dictionary<string, object> { ["main.js"] = 1 })));

    [Theory]
    [InlineData("other.js")]
    [InlineData("Main.js")]
    public async Task Verify_EntryThatIsNoFile_IsReported(string entry) =>
        Assert.Equal([FindingCodes.EntryFileMissing], await Drafts.Codes(Drafts.WithManifest(Drafts.Manifest.Replace("main.js", entry, StringComparison.Ordinal))));
}
