using System.Text;

namespace Paddock.Packaging.Tests;

/// <summary>Rows 12 to 22 of the threat model, as far as verification alone decides them.</summary>
public sealed class SignatureThreats
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Verify_SignedByATrustedKey_IsTrusted()
    {
        var package = await Signed.Package();
        Assert.Equal((SignatureState.Trusted, "Acme", Signed.Trusted().Id), (package.Signature, package.Publisher?.Name, package.Publisher?.KeyId));
        Assert.DoesNotContain(PackageSigner.FileName, package.Files.Keys);
        Assert.Equal(PackageSigner.FileName, package.SignatureFile?.Path);
        Assert.Equal(package.Digest, (await Packages.Good(Packages.Source(Packages.Files()))).Digest);
    }

    [Fact]
    public async Task VerifyStored_SignedPackage_IsTrustedAgain()
    {
        var package = await Signed.Package();
        var stored = PackageVerifier.VerifyStored([.. package.Listing, package.SignatureFile!], package.Digest, Signed.Trust());
        Assert.Equal((SignatureState.Trusted, package.Digest), (stored.Package!.Signature, stored.Package.Digest));
        // Without its signature it is what anybody could have put there.
        Assert.Equal([PackageCodes.SignatureMissing], PackageVerifier.VerifyStored(package.Listing, package.Digest, Signed.Trust()).Findings.Select(f => f.Code));
    }

    [Theory]
    [InlineData("extra.js")]
    [InlineData(".hidden")]
    [InlineData("sub/paddock.sig")]
    [InlineData("plugin.yaml.sig")]
    public async Task T12_ExtraUnsignedFile_IsRefused(string name)
    {
        PackageFile[] files = [.. await Signed.Files(), Packages.File(name, "evil")];
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(Packages.Source(files), Signed.Trust()));
        // Also where signatures are not required: a wrong one is worse than none.
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(Packages.Source(files), Signed.Trust() with { RequireSignatures = false }));
        // Control: nobody looks at signatures.
        Assert.Contains(name, (await Packages.Good(Packages.Source([.. files.Where(f => f.Path != PackageSigner.FileName)]))).Files.Keys);
    }

    [Theory]
    [InlineData("lib/util.js")]
    [InlineData("static/page.html")]
    [InlineData("plugin.yaml")]
    public async Task T13_AnyFileButTheEntryChanged_IsRefused(string name)
    {
        var signed = await Signed.Files(Packages.Files(null, Packages.File("lib/util.js", "1"), Packages.File("static/page.html", "<p>")));
        PackageFile[] changed = [.. signed.Select(f => f.Path == name ? Packages.File(name, Encoding.UTF8.GetString(f.Content.Span) + "\n") : f)];
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(Packages.Source(changed), Signed.Trust()));
        await Packages.Good(Packages.Source(signed), Signed.Trust()); // Control: unchanged.
    }

    [Fact]
    public async Task T13_FileRemovedOrRenamed_IsRefused()
    {
        var signed = await Signed.Files(Packages.Files(null, Packages.File("lib/a.js", "1")));
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(Packages.Source([.. signed.Where(f => f.Path != "lib/a.js")]), Signed.Trust()));
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(Packages.Source([.. signed.Select(f => f.Path == "lib/a.js" ? f with { Path = "lib/b.js" } : f)]), Signed.Trust()));
    }

    [Fact]
    public async Task T16_RevokedOrExpiredKey_IsRefusedWhenItComesAndItsStateAfterwards()
    {
        var good = Signed.Trusted();
        var files = await Signed.Files();
        var package = await Packages.Good(Packages.Source(files), At(good));
        foreach (var (key, code, state) in ((TrustedKey, string, SignatureState)[])
            [
                (good with { RevokedAt = Now }, PackageCodes.KeyRevoked, SignatureState.Revoked),
                (good with { NotAfter = Now }, PackageCodes.KeyExpired, SignatureState.Expired),
                (good with { NotBefore = Now.AddSeconds(1) }, PackageCodes.KeyExpired, SignatureState.Expired),
            ])
        {
            Assert.Equal([code], await Packages.Codes(Packages.Source(files), At(key)));
            Assert.Equal([code], await Packages.Codes(Packages.Source(files), At(key) with { RequireSignatures = false }));
            var stored = PackageVerifier.VerifyStored([.. package.Listing, package.SignatureFile!], package.Digest, At(key) with { RequireSignatures = false });
            Assert.Equal((state, code, FindingSeverity.Warning), (stored.Package!.Signature, stored.Findings[0].Code, stored.Findings[0].Severity));
        }

        Assert.Null(PackageVerifier.VerifyStored([.. package.Listing, package.SignatureFile!], package.Digest, At(good with { RevokedAt = Now })).Package);
        Assert.NotNull(PackageVerifier.VerifyStored([.. package.Listing, package.SignatureFile!], package.Digest, At(good with { NotAfter = Now })).Package);
        // Control: one tick earlier the same keys hold.
        await Packages.Good(Packages.Source(files), At(good with { RevokedAt = Now.AddTicks(1), NotAfter = Now.AddTicks(1), NotBefore = Now }));
    }

    [Fact]
    public async Task T16_RevokedDigest_IsRefusedEverywhere()
    {
        var package = await Signed.Package();
        var trust = Signed.Trust() with { RevokedDigests = new HashSet<string> { package.Digest } };
        Assert.Equal([PackageCodes.DigestRevoked], await Packages.Codes(Packages.Source(await Signed.Files()), trust));
        Assert.Equal([PackageCodes.DigestRevoked], PackageVerifier.VerifyStored([.. package.Listing, package.SignatureFile!], package.Digest, trust).Findings.Select(f => f.Code));
    }

    [Fact]
    public async Task T17_EmptyTrustOrUnknownKey_IsNoTrust()
    {
        var files = await Signed.Files();
        var nobody = new PackageTrust { RequireSignatures = true };
        foreach (var trust in (PackageTrust[])[nobody, Signed.Trust(Signed.Trusted(Signed.OtherKey))])
        {
            Assert.Equal([PackageCodes.SignatureMissing], await Packages.Codes(Packages.Source(files), trust));
            var lifted = await Packages.Good(Packages.Source(files), trust with { RequireSignatures = false });
            Assert.Equal((SignatureState.Untrusted, null), (lifted.Signature, lifted.Publisher));
            Assert.Contains(PackageCodes.SignatureKeyUnknown, lifted.Findings.Select(f => f.Code));
        }

        await Packages.Good(Packages.Source(files), Signed.Trust()); // Control: the key is trusted.
    }

    [Fact]
    public async Task T17_IdOfATrustedKeyOverAnothersSignature_IsRefused()
    {
        var package = await Packages.Good(Packages.Source(Packages.Files()));
        byte[] signature = PackageKeys.Sign(Signed.OtherKey, PackageSigner.Statement(package));
        PackageFile[] files = [.. Packages.Files(), PackageSigner.File(Signed.Trusted().Id, signature)];
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(Packages.Source(files), Signed.Trust(Signed.Trusted(), Signed.Trusted(Signed.OtherKey))));
        PackageFile[] honest = [.. Packages.Files(), PackageSigner.File(Signed.Trusted(Signed.OtherKey).Id, signature)];
        await Packages.Good(Packages.Source(honest), Signed.Trust(Signed.Trusted(), Signed.Trusted(Signed.OtherKey)));
    }

    [Fact]
    public void T17_KeyThatVerifiesAnything_CannotBeTrusted()
    {
        // The points of small order: with one of them as key, a signature of nothing fits one message in eight.
        foreach (string hex in (string[])
            [
                "0100000000000000000000000000000000000000000000000000000000000000",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            ])
            Assert.Throws<ArgumentException>(() => new TrustedKey("x", Convert.FromHexString(hex)));
        Assert.NotNull(Signed.Trusted());
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task T18_LineEndingsChanged_AreAnotherPackage(string ending)
    {
        var signed = await Signed.Files();
        string text = Packages.Manifest.Replace("\n", ending, StringComparison.Ordinal);
        PackageFile[] changed = [.. signed.Select(f => f.Path == "plugin.yaml" ? Packages.File(f.Path, text) : f)];
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(Packages.Source(changed), Signed.Trust()));
        await Packages.Good(Packages.Source([.. changed.Where(f => f.Path != PackageSigner.FileName)])); // Control: it says the same, unsigned.
    }

    [Fact]
    public async Task T18_Statement_IsOneTextInOneForm()
    {
        string manifest = Packages.Manifest + """
            permissions:
              - { type: kv, access: [write, read], scope: ["caf\u00e9", "a b"] }
              - { type: db, access: read, scope: [tickets, ticket_states] }
            """;
        string statement = Encoding.ASCII.GetString(PackageSigner.Statement(await Packages.Good(manifest)));
        string[] lines = statement.Split('\n');
        Assert.Equal(
            [
                "paddock-statement-v1", "name ticket-stats", "version 1.2.0",
                """permission db read ["ticket_states","tickets"]""", """permission kv read,write ["a b","caf\u00E9"]""",
            ],
            lines[..5]);
        Assert.Matches("\\Afile [0-9a-f]{64}  main.js\\z", lines[5]);
        Assert.Matches("\\Afile [0-9a-f]{64}  plugin.yaml\\z", lines[6]);
        Assert.Equal(("", 8), (lines[7], lines.Length));
    }

    [Fact]
    public async Task T19_AnotherPluginsValidSignature_IsRefused()
    {
        var other = await Signed.Files(Packages.Files(Packages.Manifest.Replace("ticket-stats", "other-plugin", StringComparison.Ordinal)));
        PackageFile[] files = [.. Packages.Files(), other.Single(f => f.Path == PackageSigner.FileName)];
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(Packages.Source(files), Signed.Trust()));
        await Packages.Good(Packages.Source(other), Signed.Trust()); // Control: where it belongs, it is good.
    }

    [Theory]
    [InlineData("""{ "format": "paddock-md5-v1", "keyId": "KEY", "signature": "SIG" }""")]
    [InlineData("""{ "format": "paddock-ed25519-v1", "hash": "md5", "keyId": "KEY", "signature": "SIG" }""")]
    [InlineData("""{ "format": "paddock-ed25519-v1", "keyId": "KEY", "keyId": "KEY", "signature": "SIG" }""")]
    [InlineData("""{ "format": "paddock-ed25519-v1", "keyId": "KEY", "signature": "" }""")]
    [InlineData("""{ "format": "paddock-ed25519-v1", "keyId": "KEY" }""")]
    [InlineData("""["SIG"]""")]
    [InlineData("")]
    public async Task T21_SignatureFileThatChoosesItsOwnRules_IsRefused(string text)
    {
        var signed = await Signed.Files();
        string good = Encoding.ASCII.GetString(signed[^1].Content.Span);
        string signature = good.Split('"')[11];
        text = text.Replace("KEY", Signed.Trusted().Id, StringComparison.Ordinal).Replace("SIG", signature, StringComparison.Ordinal);
        var codes = await Packages.Codes(Packages.Source([.. signed[..^1], Packages.File(PackageSigner.FileName, text)]), Signed.Trust());
        Assert.All(codes, c => Assert.Contains(c, new[] { PackageCodes.SignatureMalformed, PackageCodes.SignatureMissing }));
        string honest = $$"""{ "format": "paddock-ed25519-v1", "keyId": "{{Signed.Trusted().Id}}", "signature": "{{signature}}" }""";
        await Packages.Good(Packages.Source([.. signed[..^1], Packages.File(PackageSigner.FileName, honest)]), Signed.Trust());
    }

    [Fact]
    public async Task T22_PermissionsChangedUnderTheSameVersion_IsRefused()
    {
        string greedy = Packages.Manifest + "permissions: [{ type: db, access: read, scope: [salaries] }]\n";
        // By whoever has no key: the signature no longer fits.
        PackageFile[] forged = [.. (await Signed.Files()).Select(f => f.Path == "plugin.yaml" ? Packages.File(f.Path, greedy) : f)];
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(Packages.Source(forged), Signed.Trust()));
    }

    [Fact]
    public async Task Sign_SingleFile_HasNoPlaceForIt()
    {
        var single = await Packages.Good(PackageSource.FromBytes("hello.js", "module.exports = 1;"u8.ToArray()));
        Assert.Throws<ArgumentException>(() => PackageSigner.Sign(single, Signed.Key));
    }

    private static PackageTrust At(TrustedKey key) => Signed.Trust(key) with { Time = new StoppedClock(Now) };

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
