using System.Text.Json;

namespace Paddock.Packaging.Tests;

/// <summary>Drafts and their verification, as short as tests want them.</summary>
internal static class Drafts
{
    public const string Manifest = """
        name: my_container_plugin
        version: 1.0.0
        description: example
        runtime: node18
        entry: main.js
        permissions:
          network: false
          filesystem: none
          env: []
        """;

    public static PluginDraft Snippet(string code = "module.exports = () => 1;") => new() { Name = "File helper", Code = code };

    public static PluginDraft Container(object files, string manifest = Manifest) => new()
    {
        Name = "My Container Plugin",
        Code = manifest,
        Config = JsonSerializer.SerializeToElement(new { files }),
    };

    public static PluginDraft WithManifest(string manifest) => Container(new Dictionary<string, string> { ["main.js"] = "1" }, manifest);

    public static async Task<PackageVerification> Verify(PluginDraft draft, FakeAnalyzer? analyzer = null) =>
        await new PackageVerifier(analyzer ?? new FakeAnalyzer()).VerifyDraftAsync(draft, TestContext.Current.CancellationToken);

    public static async Task<VerifiedPackage> Package(PluginDraft draft)
    {
        var verification = await Verify(draft);
        Assert.Empty(verification.Findings);
        return Assert.IsType<VerifiedPackage>(verification.Package);
    }

    public static async Task<string[]> Codes(PluginDraft draft, FakeAnalyzer? analyzer = null)
    {
        var verification = await Verify(draft, analyzer);
        Assert.Null(verification.Package);
        return [.. verification.Findings.Select(f => f.Code)];
    }
}
