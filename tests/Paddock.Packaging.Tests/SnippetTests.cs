using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Paddock.Packaging.Tests;

public sealed class SnippetTests
{
    [Fact]
    public async Task Verify_TheGuidesExample_MakesAPackageOfOneFile()
    {
        using var body = JsonDocument.Parse("""
            { "name": "File helper", "description": "Write and read a file via the Gitu file API",
              "code": "module.exports = async (ctx) => { return 1; };", "entrypoint": "run", "enabled": true }
            """);
        var package = await Drafts.Package(PluginDraft.FromJson(body.RootElement));
        Assert.Equal(["plugin.js"], package.Files.Keys);
        Assert.Equal("run", package.Manifest.EntryPoint);
        Assert.Equal(PluginRuntime.JavaScript, package.Manifest.Runtime);
        Assert.Equal("gitu-js", package.Manifest.Dialect);
        Assert.Equal(SignatureState.Unsigned, package.Signature);
    }

    [Fact]
    public async Task Verify_EverythingWrong_ReportsEverythingAtOnce()
    {
        using var body = JsonDocument.Parse("""{ "name": "x", "code": "1", "enabled": "yes", "entrypoint": 7, "config": [], "description": {}, "colour": 1, "name": "y" }""");
        Assert.Equal(
            [
                FindingCodes.BodyInvalid, FindingCodes.CodeRequired, FindingCodes.ConfigInvalid, FindingCodes.DescriptionInvalid,
                FindingCodes.EnabledInvalid, FindingCodes.EntryPointInvalid, FindingCodes.FieldUnknown, FindingCodes.NameRequired,
            ],
            (await Drafts.Codes(PluginDraft.FromJson(body.RootElement))).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null, FindingCodes.NameRequired)]
    [InlineData("", FindingCodes.NameRequired)]
    [InlineData(" x ", FindingCodes.NameRequired)]
    [InlineData("two\nlines", FindingCodes.NameInvalid)]
    [InlineData("gnp.\u202Etxt", FindingCodes.NameInvalid)]
    [InlineData("NUL\0", FindingCodes.NameInvalid)]
    public async Task Verify_Name_IsPrintableText(string? name, string code) =>
        Assert.Equal([code], await Drafts.Codes(Drafts.Snippet() with { Name = name }));

    [Fact] // No theory: a string in an attribute cannot hold half a pair.
    public async Task Verify_HalfASurrogatePairInName_IsInvalid() =>
        Assert.Equal([FindingCodes.NameInvalid], await Drafts.Codes(Drafts.Snippet() with { Name = "half \ud800" }));

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, FindingCodes.NameInvalid)]
    public async Task Verify_NameLength_IsBounded(int length, string? code)
    {
        var findings = (await Drafts.Verify(Drafts.Snippet() with { Name = new string('n', length) })).Findings;
        Assert.Equal(code, findings.SingleOrDefault()?.Code);
    }

    [Theory]
    [InlineData(9, FindingCodes.CodeRequired)]
    [InlineData(10, null)]
    [InlineData(200_000, null)]
    [InlineData(200_001, FindingCodes.CodeTooLarge)]
    public async Task Verify_CodeLength_IsBounded(int length, string? code)
    {
        var findings = (await Drafts.Verify(Drafts.Snippet(new string('1', length)))).Findings;
        Assert.Equal(code, findings.SingleOrDefault()?.Code);
    }

    [Fact]
    public async Task Verify_HalfASurrogatePairInCode_IsInvalid() =>
        Assert.Equal([FindingCodes.CodeInvalid], await Drafts.Codes(Drafts.Snippet("const a = '\udc00';")));

    [Theory]
    [InlineData("require")]
    [InlineData("import()")]
    [InlineData("process")]
    [InlineData("child_process")]
    [InlineData("fs")]
    [InlineData("net")]
    [InlineData("dgram")]
    [InlineData("worker_threads")]
    [InlineData("vm")]
    [InlineData("eval")]
    public async Task Verify_DisallowedIdentifier_IsReportedWithItsPlace(string name)
    {
        var analyzer = new FakeAnalyzer { Free = [new FreeIdentifier("ctx", 1, 1), new FreeIdentifier(name, 3, 7), new FreeIdentifier("Process", 4, 1)] };
        var finding = Assert.Single((await Drafts.Verify(Drafts.Snippet(), analyzer)).Findings);
        Assert.Equal((FindingCodes.CodeDisallowed, 3, 7), (finding.Code, finding.Line, finding.Column));
    }

    [Fact]
    public async Task Verify_SyntaxError_IsReportedWithItsPlace()
    {
        var analyzer = new FakeAnalyzer { SyntaxError = new CallError(ErrorCodes.CompileError, "Unexpected token") { Line = 2, Column = 5 } };
        var finding = Assert.Single((await Drafts.Verify(Drafts.Snippet(), analyzer)).Findings);
        Assert.Equal((FindingCodes.CodeCompileError, 2, 5), (finding.Code, finding.Line, finding.Column));
    }

    [Fact]
    public async Task Verify_ManifestWithoutFiles_SaysThatFilesAreMissing()
    {
        var analyzer = new FakeAnalyzer { SyntaxError = new CallError(ErrorCodes.CompileError, "Unexpected token") };
        Assert.Equal([FindingCodes.CodeCompileError, FindingCodes.FilesRequired], await Drafts.Codes(Drafts.Snippet(Drafts.Manifest), analyzer));
    }

    [Fact]
    public async Task Verify_AnalyzerFails_IsAFindingAndNoPackage() =>
        Assert.Equal([FindingCodes.CodeAnalysisFailed], await Drafts.Codes(Drafts.Snippet(), new FakeAnalyzer { Throws = new InvalidOperationException("trap") }));

    [Fact]
    public async Task Verify_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var verifier = new PackageVerifier(new FakeAnalyzer { Throws = new OperationCanceledException(cancelled.Token) });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => verifier.VerifyDraftAsync(Drafts.Snippet(), cancelled.Token));
    }

    [Fact]
    public void Package_BuffersOfItsMaker_AreNotShared()
    {
        byte[] source = Encoding.UTF8.GetBytes("module.exports = 1;");
        var manifest = new PluginManifest { Name = "x", Runtime = PluginRuntime.JavaScript, Entry = "plugin.js", Dialect = "gitu-js" };
        var package = new VerifiedPackage(manifest, [new("plugin.js", source)]);
        source[0] = (byte)'X';
        Assert.Equal((byte)'m', package.Files["plugin.js"].Span[0]);
        Assert.True(MemoryMarshal.TryGetArray(package.Files["plugin.js"], out var held));
        Assert.NotSame(source, held.Array);
    }

    [Fact]
    public async Task T14_StoredCodeChangedBehindTheHost_IsRefused()
    {
        var draft = Drafts.Snippet();
        string digest = (await Drafts.Package(draft)).Digest;
        Assert.Equal(digest, PackageVerifier.VerifyStored(draft, digest).Package?.Digest);
        var changed = PackageVerifier.VerifyStored(draft with { Code = draft.Code + " " }, digest);
        Assert.Null(changed.Package);
        Assert.Equal([FindingCodes.DigestMismatch], changed.Findings.Select(f => f.Code));
        Assert.Null(PackageVerifier.VerifyStored(draft with { EntryPoint = "other" }, digest).Package);
    }
}
