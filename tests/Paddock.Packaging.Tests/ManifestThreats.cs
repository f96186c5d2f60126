using System.Text;
using System.Text.RegularExpressions;

namespace Paddock.Packaging.Tests;

/// <summary>Row 10 of the threat model, where the manifest is a package's and may be five times as large as a posted one.</summary>
public sealed class ManifestThreats
{
    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: &a ")]
    [InlineData("!a ")]
    [InlineData("\"")]
    [InlineData("k: v\n")]
    [InlineData("a\n")]
    [InlineData("a ")]
    [InlineData("\n")]
    [InlineData("#\n")]
    [InlineData("- a\n")]
    [InlineData("k: >\n ")]
    [InlineData("\"\\x41")]
    [InlineData("k: |\n  a\n")]
    [InlineData("{},")]
    [InlineData("'' ")]
    public async Task T10_OnePieceOverAndOver_IsRefused(string piece)
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length)));
        Assert.NotEmpty(await Packages.Codes(Packages.Source(Packages.File("plugin.yaml", text))));
        Assert.NotEmpty(await Packages.Codes(Packages.Source(Packages.File("nexus.plugin.json", text))));
    }

    [Fact]
    public async Task T10_AliasBomb_IsRefusedWithoutBeingExpanded()
    {
        string bomb = "a: &a [x, x]\n" + string.Concat(Enumerable.Range(0, 24).Select(n => $"{(char)('b' + n)}: &{(char)('b' + n)} [*{(char)('a' + n)}, *{(char)('a' + n)}]\n"));
        Assert.NotEmpty(await Packages.Codes(Packages.Manifest + bomb));
    }

    [Fact]
    public async Task T10_DuplicateKeys_AreRefusedInYamlAndJson()
    {
        Assert.Equal([PackageCodes.Duplicate], await Packages.Codes(Packages.Manifest + "stateful: false\nstateful: true\n"));
        Assert.Contains(PackageCodes.Duplicate, await Packages.Codes(Dialects.Source("manifest.json", """{ "id": "demo", "name": "demo", "version": "1", "permissions": [], "permissions": ["network"] }""", "plugin.py")));
        // Control: each of the two alone is read, and they are not the same.
        Assert.False((await Packages.Good(Packages.Manifest + "stateful: false\n")).Manifest.Stateful);
        Assert.True((await Packages.Good(Packages.Manifest + "stateful: true\n")).Manifest.Stateful);
    }

    [Theory]
    [InlineData("stateful: \"true\"")]
    [InlineData("stateful: on")]
    [InlineData("stateful: 1")]
    [InlineData("secrets: api_key")]
    [InlineData("permissions: { type: db }")]
    [InlineData("limits: { processes: \"16\" }")]
    [InlineData("limits: { processes: 0x10 }")]
    [InlineData("limits: { processes: 1e1 }")]
    public async Task T10_ValueOfAnotherType_IsRefused(string line) =>
        Assert.Equal([PackageCodes.ValueInvalid], await Packages.Codes(Packages.Manifest + line + "\n"));

    [Fact]
    public async Task T10_ManifestTooLargeOrNoText_IsRefused()
    {
        Assert.Equal([PackageCodes.Syntax], await Packages.Codes(Packages.Manifest + "#" + new string('x', 1 << 20)));
        Assert.Equal([PackageCodes.Syntax], await Packages.Codes(Packages.Source(Packages.File("plugin.yaml", [.. Encoding.ASCII.GetBytes(Packages.Manifest), 0xC3, 0x28]))));
    }

    [Fact]
    public async Task Guide_ExampleManifest_IsGood()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Paddock.slnx"))) directory = Path.GetDirectoryName(directory)!;
        string guide = await File.ReadAllTextAsync(Path.Combine(directory, "docs", "packages.md"), Packages.Token);
        string example = Regex.Match(guide, "```yaml\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal("ticket-stats", (await Packages.Good(example)).Manifest.Name);
    }
}
