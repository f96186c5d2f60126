using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Paddock.Packaging.Tests;

/// <summary>What holds for every package, not only for those that somebody thought of.</summary>
public sealed class PropertyTests
{
    private static readonly Config Checks = Config.QuickThrowOnFailure.WithMaxTest(300);

    private static readonly string[] Pieces =
    [
        "apiVersion: paddock/v1\n", "name: ticket-stats\n", "version: 1.2.0\n", "runtime: javascript\n", "entry: main.js\n", "permissions:\n", "  - { type: db, access: read, scope: [a] }\n",
        "limits: { memory: 1MiB }\n", "contributes: { routes: [] }\n", "runtime: grpc\n", "runtime: node18\n", "resources: { permissions: [{ type: db }] }\n", "id: x\n", "configSchema: {}\n",
        "[", "]", "{", "}", ": ", "- ", ", ", "&a ", "*a ", "!!x ", "<<: ", "\"", "'", "|\n", ">\n", "\n", "\t", "#", "%", "~", "null", "true", "0x1f", "1e999", "\u0000", "\ufeff", "\u202e", "\\ud800", "---\n", "...\n", "? ",
    ];

    private static readonly string[] JsonPieces =
    [
        "{", "}", "[", "]", ":", ",", "\"id\":\"demo\"", "\"name\":\"demo\"", "\"version\":\"1.0.0\"", "\"permissions\":[]", "\"configSchema\":{}", "\"routes\":", "\"handler\":\"x\"", "\"i18n\":{\"en\":{}}",
        "\"tools\":[{}]", "\"menu_items\":", "\"children\":", "null", "true", "1e999", "-0", "\"\\ud800\"", "\"\"", "\u0000", " ", "\"resources\":{\"permissions\":[{\"type\":\"db\"}]}",
    ];

    [Fact]
    public async Task SignedZip_AnyByteChanged_IsRefusedOrTheSamePackage()
    {
        byte[] zip = PackageArchive.Pack(await Signed.Files(Packages.Files(null, Packages.File("lib/a.js", "exports.a = 1;"))));
        string digest = (await Packages.Good(PackageSource.FromBytes("x.zip", zip), Signed.Trust())).Digest;
        var mutations = from at in Gen.Choose(0, zip.Length - 1) from kind in Gen.Choose(0, 2) from value in Gen.Choose(1, 255) select (at, kind, value);
        Check.One(Checks, Prop.ForAll(mutations.ToArbitrary(), m =>
        {
            var verification = Verify(PackageSource.FromBytes("x.zip", Mutate(zip, m.at, m.kind, (byte)m.value)), Signed.Trust());
            // Times and the like are not what is signed: a package that passes has every signed byte.
            return verification.Package is { } package ? package.Digest == digest && package.Signature == SignatureState.Trusted : HasErrors(verification);
        }));
    }

    [Fact]
    public async Task SignedFiles_AnyChange_IsRefused()
    {
        var files = await Signed.Files(Packages.Files(null, Packages.File("lib/a.js", "exports.a = 1;"), Packages.File("b.txt", "b")));
        var changes = from file in Gen.Choose(0, files.Length - 2) from kind in Gen.Choose(0, 4) from at in Gen.Choose(0, 10_000) from value in Gen.Choose(1, 255) select (file, kind, at, value);
        Check.One(Checks, Prop.ForAll(changes.ToArbitrary(), c => Refused(Verify(Packages.Source(Change(files, c.file, c.kind, c.at, (byte)c.value)), Signed.Trust()))));
    }

    [Fact]
    public async Task Store_AnyChange_IsRefused()
    {
        var package = await Packages.Good(Packages.Source(Packages.Files(null, Packages.File("lib/a.js", "exports.a = 1;"))));
        PackageFile[] files = [.. package.Listing];
        var changes = from file in Gen.Choose(0, files.Length - 1) from kind in Gen.Choose(0, 4) from at in Gen.Choose(0, 10_000) from value in Gen.Choose(1, 255) select (file, kind, at, value);
        Check.One(Checks, Prop.ForAll(changes.ToArbitrary(), c => Refused(PackageVerifier.VerifyStored(Change(files, c.file, c.kind, c.at, (byte)c.value), package.Digest, PackageTrust.None))));
    }

    [Fact]
    public void Manifest_AnyText_GivesAManifestOrFindings()
    {
        var texts = from pieces in Gen.ArrayOf(Gen.Elements(Pieces)) from junk in ArbMap.Default.GeneratorFor<string>() select string.Concat(pieces) + junk;
        Check.One(Checks, Prop.ForAll(texts.ToArbitrary(), text => Answers(Packages.Source(Packages.File("plugin.yaml", Utf8(text)), Packages.File("main.js", "1")))));
    }

    [Theory]
    [InlineData("nexus.plugin.json")]
    [InlineData("manifest.json")]
    public void JsonManifest_AnyText_GivesAManifestOrFindings(string file)
    {
        var texts = from pieces in Gen.ArrayOf(Gen.Elements(JsonPieces)) select string.Concat(pieces);
        Check.One(Checks, Prop.ForAll(texts.ToArbitrary(), text => Answers(Packages.Source(Packages.File(file, Utf8("{" + text + "}")), Packages.File("plugin.py", "1"), Packages.File("runner", "1")))));
    }

    [Fact]
    public async Task Registration_AnyText_GivesARegistrationOrFindings()
    {
        var package = await Packages.Good(PackageSource.FromBytes("stats.wasm", Wasm.Exporting("gk_register")));
        var texts = from pieces in Gen.ArrayOf(Gen.Elements(JsonPieces)) select "{" + string.Join(",", pieces) + "}";
        Check.One(Checks, Prop.ForAll(texts.ToArbitrary(), text => Answers(PackageVerifier.WithRegistration(package, Utf8(text), PackageTrust.None))));
    }

    [Fact]
    public void Bytes_AnyAtAll_GiveAPackageOrFindings()
    {
        byte[] zip = ForgedZip.Write(ForgedZip.Whole(new ForgedEntry("a.txt", new byte[500]) { Deflate = true }));
        var mutations = from at in Gen.ArrayOf(Gen.Choose(0, zip.Length - 1)) from value in ArbMap.Default.GeneratorFor<byte>() from name in Gen.Elements("x.zip", "x.wasm", "x.js", "..", "", "x") select (at, value, name);
        Check.One(Checks, Prop.ForAll(mutations.ToArbitrary(), m =>
        {
            byte[] bytes = [.. zip];
            foreach (int at in m.at) bytes[at] = m.value;
            return Answers(PackageSource.FromBytes(m.name, bytes));
        }));
    }

    [Fact]
    public void Versions_AreInOneOrder()
    {
        var versions = from numbers in Gen.ArrayOf(Gen.Choose(0, 2), 3) from pre in Gen.Elements("", "-1", "-2", "-10", "-a", "-a.1", "-a.b", "-rc", "-rc.1") select $"{numbers[0]}.{numbers[1]}.{numbers[2]}{pre}";
        Check.One(Checks, Prop.ForAll(Gen.ArrayOf(versions, 3).ToArbitrary(), v =>
        {
            var (a, b, c) = (SemanticVersion.Parse(v[0])!, SemanticVersion.Parse(v[1])!, SemanticVersion.Parse(v[2])!);
            bool opposite = Math.Sign(a.CompareTo(b)) == -Math.Sign(b.CompareTo(a));
            bool transitive = !(a.CompareTo(b) <= 0 && b.CompareTo(c) <= 0) || a.CompareTo(c) <= 0;
            return opposite && transitive && (a.CompareTo(b) == 0) == (v[0] == v[1]);
        }));
    }

    private static byte[] Mutate(byte[] bytes, int at, int kind, byte value) => kind switch
    {
        0 => [.. bytes[..at], (byte)(bytes[at] ^ value), .. bytes[(at + 1)..]],
        1 => [.. bytes[..at], .. bytes[(at + 1)..]],
        _ => [.. bytes[..at], value, .. bytes[at..]],
    };

    private static PackageFile[] Change(PackageFile[] files, int index, int kind, int at, byte value)
    {
        var file = files[index];
        byte[] content = file.Content.ToArray();
        return kind switch
        {
            0 or 1 or 2 when content.Length > 0 => [.. files.Select(f => f == file ? Packages.File(f.Path, Mutate(content, at % content.Length, kind, value)) : f)],
            3 => [.. files.Where(f => f != file)],
            _ => [.. files, Packages.File($"x{value}.js", "x")],
        };
    }

    private static bool Answers(PackageSource source) => Answers(Verify(source, PackageTrust.None));

    private static bool Answers(PackageVerification verification) => verification.Package is not null != HasErrors(verification);

    private static bool Refused(PackageVerification verification) => verification.Package is null && HasErrors(verification);

    private static bool HasErrors(PackageVerification verification) => Packages.Errors(verification).Any();

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static PackageVerification Verify(PackageSource source, PackageTrust trust) => Packages.Verify(source, trust).GetAwaiter().GetResult();
}
