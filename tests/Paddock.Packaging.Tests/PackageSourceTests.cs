using System.Text;

namespace Paddock.Packaging.Tests;

public sealed class PackageSourceTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("paddock");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Verify_Directory_HasEveryFileByItsPath()
    {
        Write("plugin.yaml", Packages.Manifest);
        Write("main.js", "module.exports = 1;");
        Write("lib/empty.js", "");
        var package = await Packages.Good(PackageSource.FromDirectory(_directory.FullName));
        Assert.Equal(["lib/empty.js", "main.js", "plugin.yaml"], package.Listing.Select(f => f.Path));
        Assert.Equal(("ticket-stats", "1.2.0", "main.js"), (package.Manifest.Name, package.Manifest.Version, package.Entry));
        Assert.Equal((SignatureState.Unsigned, PackageDialect.Paddock), (package.Signature, package.Dialect));
    }

    [Fact]
    public async Task Verify_DirectoryZipAndStore_HaveOneDigest()
    {
        Write("plugin.yaml", Packages.Manifest);
        Write("main.js", "module.exports = 1;");
        var package = await Packages.Good(PackageSource.FromDirectory(_directory.FullName));
        var zipped = await Packages.Good(PackageSource.FromBytes("x.zip", PackageArchive.Pack(package)));
        var stored = PackageVerifier.VerifyStored(package.Listing, package.Digest, PackageTrust.None);
        Assert.Equal([package.Digest, package.Digest], [zipped.Digest, stored.Package!.Digest]);
    }

    [Fact]
    public async Task Verify_SingleFiles_AreNamedByTheirName()
    {
        string js = Write("hello.js", "module.exports = 1;"), wasm = Path.Combine(_directory.FullName, "stats.wasm");
        File.WriteAllBytes(wasm, Wasm.Empty);
        var script = await Packages.Good(PackageSource.FromFile(js));
        Assert.Equal(("hello", PluginRuntime.JavaScript, "hello.js", false), (script.Manifest.Name, script.Manifest.Runtime, script.Entry, script.NeedsRegistration));
        var module = await Packages.Good(PackageSource.FromFile(wasm));
        Assert.Equal(("stats", PluginRuntime.Wasm, PackageDialect.Paddock), (module.Manifest.Name, module.Manifest.Runtime, module.Dialect));
        var stored = PackageVerifier.VerifyStored(module.Listing, module.Digest, PackageTrust.None);
        Assert.Equal("stats", stored.Package?.Manifest.Name);
    }

    [Theory]
    [InlineData("plugin.exe", "MZ")]
    [InlineData("plugin.wasm", "module.exports = 1;")]
    [InlineData("plugin.zip", "module.exports = 1;")]
    [InlineData("plugin.js", "\0asm\u0001\0\0\0")]
    public async Task Verify_NameAndContentDisagree_IsRefused(string name, string content) =>
        Assert.Equal([PackageCodes.KindUnknown], await Packages.Codes(PackageSource.FromBytes(name, Encoding.UTF8.GetBytes(content))));

    [Fact]
    public async Task Verify_NothingThere_IsAFinding()
    {
        Assert.Equal([PackageCodes.Unreadable], await Packages.Codes(PackageSource.FromDirectory(Path.Combine(_directory.FullName, "none"))));
        Assert.Equal([PackageCodes.Unreadable], await Packages.Codes(PackageSource.FromFile(Path.Combine(_directory.FullName, "none.js"))));
        Assert.Equal([PackageCodes.ManifestMissing], await Packages.Codes(PackageSource.FromDirectory(_directory.FullName)));
    }

    [Fact]
    public async Task Verify_SyntaxErrorInEntry_HasItsPlace()
    {
        var analyzer = new FakeAnalyzer { SyntaxError = new CallError(ErrorCodes.CompileError, "Unexpected token") { Line = 2, Column = 5 } };
        var finding = Assert.Single((await Packages.Verify(Packages.Source(Packages.Files()), analyzer: analyzer)).Findings);
        Assert.Equal((PackageCodes.CodeInvalid, "main.js", 2, 5), (finding.Code, finding.Path, finding.Line, finding.Column));
    }

    [Fact]
    public async Task Verify_AnalyzerGivesUp_IsNoFault()
    {
        var verification = await Packages.Verify(Packages.Source(Packages.Files()), analyzer: new FakeAnalyzer { Throws = new InvalidOperationException("trap") });
        Assert.NotNull(verification.Package);
    }

    [Fact]
    public async Task T14_StoredFileChangedBehindTheHost_IsRefused()
    {
        var package = await Packages.Good(Packages.Source(Packages.Files()));
        PackageFile[] changed = [.. package.Listing.Select(f => f.Path == "main.js" ? f with { Content = "module.exports = () => 2;"u8.ToArray() } : f)];
        Assert.Equal([PackageCodes.DigestMismatch], PackageVerifier.VerifyStored(changed, package.Digest, PackageTrust.None).Findings.Select(f => f.Code));
        // Control: the same change passes where nothing is held against it.
        Assert.NotNull((await Packages.Verify(Packages.Source(changed))).Package);
    }

    private string Write(string path, string text)
    {
        string whole = Path.Combine(_directory.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        File.WriteAllText(whole, text);
        return whole;
    }
}
