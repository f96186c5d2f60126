using Paddock.Packaging;

namespace Paddock.Tests.Packages;

/// <summary>A publisher who signs test packages.</summary>
internal sealed class SigningKey
{
    private readonly byte[] _key = PackageKeys.Generate();

    public string Pem => PackageKeys.ExportPublicPem(PackageKeys.PublicKeyOf(_key));

    public string Id => PackageKeys.IdOf(PackageKeys.PublicKeyOf(_key));

    public async Task<TestPackage> SignAsync(TestPackage package)
    {
        var verified = await new PackageVerifier(new Seam.NoFindingsAnalyzer()).VerifyPackageAsync(package.Source, PackageTrust.None, TestContext.Current.CancellationToken);
        var file = PackageSigner.Sign(verified.Package!, _key);
        File.WriteAllBytes(Path.Combine(package.Path, file.Path), file.Content.ToArray());
        return package;
    }

    public async Task TrustAsync(PackageFixture host) =>
        Assert.Null((await host.Host.Get<ITrustService>().TrustAsync(PackageFixture.Operator, Pem, "a publisher", cancellationToken: TestContext.Current.CancellationToken)).Error);
}
