namespace Paddock.Packaging.Tests;

public sealed class ManifestTests
{
    [Theory]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\nname: c_d", 4, 1)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\npermissions: {}\npermissions: {}", 5, 1)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\ncolour: red", 4, 1)]
    [InlineData("name: &x a_b\nruntime: node18\nentry: main.js", 1, 7)]
    [InlineData("name: !!str a_b\nruntime: node18\nentry: main.js", 1, 7)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\n<<: {}", 4, 1)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\n--- \nname: x", 4, 1)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\npermissions: {network: yes}", 4, 24)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\npermissions: {network: \"true\"}", 4, 24)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\npermissions: {filesystem: all}", 4, 27)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\npermissions: {env: PATH}", 4, 20)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\npermissions: {env: [A, A]}", 4, 24)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\ndependencies: {left-pad: \"git+ssh://x\"}", 4, 26)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\ndependencies: {\"--index-url\": \"1\"}", 4, 16)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\nversion: 1.0", 4, 10)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\nversion: ~", 4, 10)]
    [InlineData("name: \"a_b\\n\"\nruntime: node18\nentry: main.js", 1, 7)]
    [InlineData("name: A_B\nruntime: node18\nentry: main.js", 1, 7)]
    [InlineData("name: [a_b]\nruntime: node18\nentry: main.js", 1, 7)]
    [InlineData("name: a_b\nruntime: node20\nentry: main.js", 2, 10)]
    [InlineData("name: a_b\nruntime: node18\nentry: ../main.js", 3, 8)]
    [InlineData("name: a_b\nruntime: node18\nentry: main.js\ndescription: [[[[[[[[[[[[[[[]]]]]]]]]]]]]]]", 4, 22)]
    [InlineData("name: a_b\nruntime: node18\n\tentry: main.js", 2, 10)]
    [InlineData("- just\n- a list", 1, 1)]
    [InlineData("just some text here", 1, 1)]
    public async Task T10_Manifest_WithOneMistake_IsReportedAtItsPlace(string manifest, int line, int column)
    {
        var finding = Assert.Single((await Drafts.Verify(Drafts.WithManifest(manifest))).Findings);
        Assert.Equal((FindingCodes.ManifestInvalid, line, column), (finding.Code, finding.Line, finding.Column));
    }

    [Fact]
    public async Task Manifest_WithSeveralMistakes_ReportsThemAll()
    {
        var findings = (await Drafts.Verify(Drafts.WithManifest("name: X\nruntime: ruby\nversion: one\ncolour: red\npermissions: 7"))).Findings;
        Assert.All(findings, f => Assert.Equal(FindingCodes.ManifestInvalid, f.Code));
        Assert.Equal([1, 1, 2, 3, 4, 5], findings.Select(f => f.Line!.Value).Order());
    }

    [Theory]
    [InlineData("name: yes", "yes")]
    [InlineData("name: null_", "null_")]
    [InlineData("name: 123", "123")]
    [InlineData("name: 0x1f", "0x1f")]
    [InlineData("name: 'off'", "off")]
    public async Task T10_PlainScalar_IsItsText(string line, string name)
    {
        var package = await Drafts.Package(Drafts.WithManifest(line + "\nruntime: node18\nentry: main.js"));
        Assert.Equal(name, package.Manifest.Name);
    }

    [Fact]
    public async Task T10_AliasBomb_IsRefusedWithoutBeingExpanded()
    {
        string bomb = "a: &a [x, x]\n" + string.Concat(Enumerable.Range(0, 24).Select(n => $"{(char)('b' + n)}: &{(char)('b' + n)} [*{(char)('a' + n)}, *{(char)('a' + n)}]\n"));
        Assert.All(await Drafts.Codes(Drafts.WithManifest(bomb)), code => Assert.Equal(FindingCodes.ManifestInvalid, code));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: &a ")]
    [InlineData("!a ")]
    [InlineData("\"")]
    [InlineData("k: v\n")]
    public async Task T10_OnePieceOverAndOver_IsRefused(string piece) =>
        Assert.All(
            await Drafts.Codes(Drafts.WithManifest(string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length)))),
            code => Assert.Equal(FindingCodes.ManifestInvalid, code));
}
