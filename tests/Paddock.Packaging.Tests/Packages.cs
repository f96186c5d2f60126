using System.Text;

namespace Paddock.Packaging.Tests;

/// <summary>Packages and their verification, as short as tests want them.</summary>
internal static class Packages
{
    public const string Manifest = """
        apiVersion: paddock/v1
        name: ticket-stats
        version: 1.2.0
        runtime: javascript
        entry: main.js

        """;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static PackageFile File(string path, string text) => File(path, Encoding.UTF8.GetBytes(text));

    public static PackageFile File(string path, byte[] content) => SignatureFile.AsFile(path, content);

    public static PackageFile[] Files(string? manifest = null, params PackageFile[] more) =>
        [File("plugin.yaml", manifest ?? Manifest), .. more.Any(f => f.Path == "main.js") ? [] : new[] { File("main.js", "module.exports = () => 1;") }, .. more];

    /// <summary>A source of these files, through a zip as people send them.</summary>
    public static PackageSource Source(params PackageFile[] files) => PackageSource.FromBytes("package.zip", PackageArchive.Pack(files));

    public static Task<PackageVerification> Verify(PackageSource source, PackageTrust? trust = null, FakeAnalyzer? analyzer = null) =>
        new PackageVerifier(analyzer ?? new FakeAnalyzer()).VerifyPackageAsync(source, trust ?? PackageTrust.None, Token);

    public static Task<PackageVerification> Verify(string manifest, PackageTrust? trust = null) => Verify(Source(Files(manifest)), trust);

    public static async Task<VerifiedPackage> Good(PackageSource source, PackageTrust? trust = null)
    {
        var verification = await Verify(source, trust);
        Assert.Equal([], Errors(verification).Select(f => $"{f.Code} {f.Path}:{f.Line}:{f.Column} {f.Message}"));
        return Assert.IsType<VerifiedPackage>(verification.Package);
    }

    public static Task<VerifiedPackage> Good(string manifest, PackageTrust? trust = null) => Good(Source(Files(manifest)), trust);

    public static async Task<string[]> Codes(PackageSource source, PackageTrust? trust = null)
    {
        var verification = await Verify(source, trust);
        Assert.Null(verification.Package);
        return [.. Errors(verification).Select(f => f.Code)];
    }

    public static Task<string[]> Codes(string manifest) => Codes(Source(Files(manifest)));

    public static IEnumerable<Finding> Errors(PackageVerification verification) => verification.Findings.Where(f => f.Severity == FindingSeverity.Error);
}
