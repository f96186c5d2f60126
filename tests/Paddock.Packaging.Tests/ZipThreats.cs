using System.IO.Compression;
using System.Text;

namespace Paddock.Packaging.Tests;

/// <summary>Rows 1 to 9 of the threat model: zips that say one thing and hold another. Each control is read by .NET's own ZipArchive, which lacks the one defence, or by a verifier whose limit is lifted.</summary>
public sealed class ZipThreats
{
    [Fact]
    public async Task Verify_HonestZips_AreRead()
    {
        var entry = new ForgedEntry("data/a.txt", "some text, some text, some text") { Deflate = true };
        ForgedEntry streamed = entry with { Name = "b.txt", Flags = 8, LocalCrc = 0, After = ForgedZip.Descriptor(entry, signed: true) };
        ForgedEntry bare = entry with { Name = "c.txt", Flags = 8, After = ForgedZip.Descriptor(entry, signed: false) };
        var directory = new ForgedEntry("data/", "") { Mode = 0x41ED };
        var timed = new ForgedEntry("d.txt") { Extra = ForgedZip.ExtraField(0x5455, 1, 0, 0, 0, 0), LocalExtra = ForgedZip.ExtraField(0x5455, 1, 0, 0, 0, 0) };
        var package = await Packages.Good(ForgedZip.Source(directory, entry, streamed with { LocalSize = null, LocalCrc = null }, bare, timed));
        Assert.Equal(["b.txt", "c.txt", "d.txt", "data/a.txt", "main.js", "plugin.yaml"], package.Listing.Select(f => f.Path));
        Assert.Equal("some text, some text, some text", Encoding.UTF8.GetString(package.Files["c.txt"].Span));
    }

    [Fact]
    public async Task Verify_StreamedZipOfDotnet_IsRead()
    {
        using var stream = new UnseekableStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in Packages.Files())
            {
                using var content = zip.CreateEntry(file.Path).Open();
                content.Write(file.Content.Span);
            }
        }

        await Packages.Good(PackageSource.FromBytes("streamed.zip", stream.ToArray()));
    }

    [Theory]
    [InlineData("../evil.js")]
    [InlineData("lib/../../evil.js")]
    [InlineData("lib/./evil.js")]
    [InlineData("lib//evil.js")]
    public async Task T01_EntryWithDotSegments_IsRefused(string name)
    {
        Assert.Equal([PackageCodes.PathInvalid], await Packages.Codes(ForgedZip.Source(new ForgedEntry(name))));
        Assert.Contains(name, NamesOfDotnet(new ForgedEntry(name)));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("C:/evil.js")]
    [InlineData("C:evil.js")]
    [InlineData("\\\\server\\share\\evil.js")]
    [InlineData("lib\\evil.js")]
    [InlineData("nul")]
    [InlineData("lib/com1.js")]
    [InlineData("evil.js\0.txt")]
    [InlineData("evil.js ")]
    [InlineData("evil.js.")]
    public async Task T02_AbsoluteDriveUncOrDeviceName_IsRefused(string name)
    {
        Assert.Equal([PackageCodes.PathInvalid], await Packages.Codes(ForgedZip.Source(new ForgedEntry(name))));
        Assert.Contains(name, NamesOfDotnet(new ForgedEntry(name)));
    }

    [Theory]
    [InlineData(0xA1FF)] // symbolic link
    [InlineData(0x2180)] // character device
    [InlineData(0x61B0)] // block device
    [InlineData(0x1180)] // pipe
    [InlineData(0xC1ED)] // socket
    public async Task T03_EntryThatIsNoFile_IsRefused(uint mode)
    {
        var entry = new ForgedEntry("secrets", "/etc/passwd");
        Assert.Equal([PackageCodes.FileKind], await Packages.Codes(ForgedZip.Source(entry with { Mode = mode })));
        await Packages.Good(ForgedZip.Source(entry with { Mode = 0x81A4 })); // Control: the same as a plain file.
    }

    [Theory]
    [InlineData(0x000d)] // PKWARE Unix: may hold a link's target
    [InlineData(0x756e)] // ASi Unix: likewise
    [InlineData(0x7075)] // a second name
    [InlineData(0x0001)] // ZIP64: a second set of sizes
    public async Task T03_ExtraFieldWithASecondMeaning_IsRefused(ushort id)
    {
        var entry = new ForgedEntry("a.txt");
        byte[] field = ForgedZip.ExtraField(id, [1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Equal([PackageCodes.ArchiveUnsupported], await Packages.Codes(ForgedZip.Source(entry with { Extra = field })));
        Assert.Equal([PackageCodes.ArchiveMismatch], await Packages.Codes(ForgedZip.Source(entry with { LocalExtra = field })));
        await Packages.Good(ForgedZip.Source(entry with { LocalExtra = ForgedZip.ExtraField(0x5455, [1, 2, 3, 4, 5]) }));
    }

    [Fact]
    public async Task T05_RatioBomb_IsRefusedBeforeItIsUnpacked()
    {
        var bomb = new ForgedEntry("bomb.txt", new byte[40 << 20]) { Deflate = true };
        Assert.Equal([PackageCodes.ArchiveRatio], await Packages.Codes(ForgedZip.Source(bomb)));
        var lifted = await VerifyWith(PackageLimits.Default with { Ratio = 10_000 }, ForgedZip.Source(bomb));
        Assert.Equal(40 << 20, lifted.Package!.Files["bomb.txt"].Length);
    }

    [Fact]
    public async Task T05_BombThatSaysItIsSmall_IsUnpackedNoFurtherThanItSays()
    {
        var bomb = new ForgedEntry("bomb.txt", new byte[10 << 20]) { Deflate = true, Size = 100, LocalSize = 100 };
        Assert.Equal([PackageCodes.ArchiveContent], await Packages.Codes(ForgedZip.Source(bomb)));
        // Control: a reader that goes by the data alone unpacks all of it.
        using var inflate = new DeflateStream(new MemoryStream(bomb.Data), CompressionMode.Decompress);
        using var all = new MemoryStream();
        inflate.CopyTo(all);
        Assert.Equal(10 << 20, all.Length);
    }

    [Fact]
    public async Task T05_SizesThatNoDataCanHave_SetNothingAside()
    {
        var liar = new ForgedEntry("liar.txt", "x") { Deflate = true, Size = 99_000_000, LocalSize = 99_000_000 };
        var limits = PackageLimits.Default with { Ratio = int.MaxValue };
        Assert.Equal([PackageCodes.ArchiveContent], (await VerifyWith(limits, ForgedZip.Source(liar))).Findings.Select(f => f.Code));
    }

    [Fact]
    public async Task T05_TooManyTooLargeTooMuch_AreRefusedByTheDirectoryAlone()
    {
        var small = PackageLimits.Default with { Files = 5, FileBytes = 1000, TotalBytes = 3000 };
        var many = ForgedZip.Source([.. Enumerable.Range(0, 4).Select(n => new ForgedEntry($"{n}.txt"))]);
        Assert.Equal([PackageCodes.TooManyFiles], (await VerifyWith(small, many)).Findings.Select(f => f.Code));
        var large = ForgedZip.Source(new ForgedEntry("a.txt", new byte[1001]));
        Assert.Equal([PackageCodes.FileTooLarge], (await VerifyWith(small, large)).Findings.Select(f => f.Code));
        var much = ForgedZip.Source([.. Enumerable.Range(0, 3).Select(n => new ForgedEntry($"{n}.txt", new byte[999]))]);
        Assert.Contains(PackageCodes.TotalTooLarge, (await VerifyWith(small with { TotalBytes = 2900 }, much)).Findings.Select(f => f.Code));
        foreach (var source in (PackageSource[])[many, large, much]) await Packages.Good(source); // Control: within the real limits.
    }

    [Fact]
    public async Task T06_NestedZip_IsNeverOpened()
    {
        byte[] inner = ForgedZip.Write(ForgedZip.Whole(new ForgedEntry("bomb.txt", new byte[40 << 20]) { Deflate = true }));
        var package = await Packages.Good(ForgedZip.Source(new ForgedEntry("inner.zip", inner)));
        Assert.Equal(inner.Length, package.Files["inner.zip"].Length);
        Assert.Contains(PackageCodes.ArchiveNested, package.Findings.Select(f => f.Code));
        Assert.Equal([PackageCodes.ArchiveRatio], await Packages.Codes(PackageSource.FromBytes("inner.zip", inner))); // Control: opened, it is a bomb.
    }

    [Fact]
    public async Task T06_OverlappingEntries_AreRefused()
    {
        // Both names lead to the same bytes: a thousand such entries are a bomb that no ratio of one entry shows.
        var first = new ForgedEntry("a.txt", "shared") { LocalName = "a.txt" };
        uint start = (uint)ForgedZip.Write(ForgedZip.Whole()).Length - 22 - 2 * 46 - (uint)"plugin.yamlmain.js".Length;
        var second = first with { Present = false, Offset = start };
        Assert.Equal([PackageCodes.PathCollision], await Packages.Codes(ForgedZip.Source(first, second)));
        Assert.Equal([PackageCodes.ArchiveOverlap], await Packages.Codes(ForgedZip.Source(first, second with { Name = "b.txt" })));
        Assert.Equal("shared", ReadWithDotnet("a.txt", first, second with { Name = "b.txt" }));
    }

    [Fact]
    public async Task T06_BytesThatNoEntryHas_AreRefused()
    {
        byte[] hidden = "module.exports = 'hidden';"u8.ToArray();
        var entries = ForgedZip.Whole();
        Assert.Equal([PackageCodes.ArchiveOverlap], await Packages.Codes(Zip(ForgedZip.Write(entries, between: hidden))));
        Assert.Equal([PackageCodes.KindUnknown], await Packages.Codes(Zip(ForgedZip.Write(entries, before: hidden))));
        Assert.Equal([PackageCodes.ArchiveInvalid], await Packages.Codes(Zip(ForgedZip.Write(entries, comment: hidden))));
        Assert.Equal([PackageCodes.ArchiveInvalid], await Packages.Codes(Zip([.. ForgedZip.Write(entries), .. hidden])));
        Assert.Equal([PackageCodes.ArchiveOverlap], await Packages.Codes(ForgedZip.Source(new ForgedEntry("hidden.js") { Listed = false })));
        await Packages.Good(Zip(ForgedZip.Write(entries))); // Control: without them.
    }

    [Fact]
    public async Task T07_DuplicateEntries_AreRefused()
    {
        ForgedEntry[] twice = [new("a.js", "good"), new("a.js", "evil")];
        Assert.Equal([PackageCodes.PathCollision], await Packages.Codes(ForgedZip.Source(twice)));
        // Control: another reader takes one of them without a word.
        Assert.Equal("good", ReadWithDotnet("a.js", twice));
    }

    [Theory]
    [InlineData("Main.js", PackageCodes.PathCollision)]
    [InlineData("main.js/evil.js", PackageCodes.PathCollision)]
    [InlineData("MAIN.JS/evil.js", PackageCodes.PathCollision)]
    [InlineData("caf\u00e9.js", PackageCodes.PathInvalid)]
    [InlineData("cafe\u0301.js", PackageCodes.PathInvalid)]
    [InlineData("\uff4dain.js", PackageCodes.PathInvalid)]
    [InlineData("m\u0430in.js", PackageCodes.PathInvalid)]
    public async Task T08_NamesThatCollideByCaseOrUnicodeForm_AreRefused(string name, string code)
    {
        Assert.Equal([code], await Packages.Codes(ForgedZip.Source(new ForgedEntry(name) { Flags = 0x800 })));
        Assert.Contains(name, NamesOfDotnet(new ForgedEntry(name) { Flags = 0x800 }));
    }

    public static TheoryData<string> Mismatches => ["name", "method", "flags", "crc", "size", "descriptor"];

    [Theory]
    [MemberData(nameof(Mismatches))]
    public async Task T09_LocalHeaderThatDiffersFromTheDirectory_IsRefused(string field)
    {
        var honest = new ForgedEntry("a.js", "module.exports = 'a';");
        var forged = field switch
        {
            "name" => honest with { LocalName = "b.js" },
            "method" => honest with { LocalMethod = 8 },
            "flags" => honest with { LocalFlags = 0x800 },
            "crc" => honest with { LocalCrc = 1 },
            "size" => honest with { LocalSize = 1 },
            _ => honest with { Flags = 8, After = ForgedZip.Descriptor(new ForgedEntry("a.js", "other"), signed: true) },
        };
        Assert.Equal([PackageCodes.ArchiveMismatch], await Packages.Codes(ForgedZip.Source(forged)));
        await Packages.Good(ForgedZip.Source(honest));
        // Control: a reader that goes by the directory alone sees nothing amiss.
        if (field is "name" or "crc" or "size" or "descriptor") Assert.Equal("module.exports = 'a';", ReadWithDotnet("a.js", forged));
    }

    [Fact]
    public async Task Verify_UnsupportedOrDamaged_IsRefused()
    {
        Assert.Equal([PackageCodes.ArchiveUnsupported], await Packages.Codes(ForgedZip.Source(new ForgedEntry("a") { Flags = 1 })));
        Assert.Equal([PackageCodes.ArchiveUnsupported], await Packages.Codes(ForgedZip.Source(new ForgedEntry("a") { Method = 12 })));
        Assert.Equal([PackageCodes.ArchiveContent], await Packages.Codes(ForgedZip.Source(new ForgedEntry("a") { Crc = 1 })));
        Assert.Equal([PackageCodes.ArchiveContent], await Packages.Codes(ForgedZip.Source(new ForgedEntry("a", "not deflated") { Method = 8 })));
        Assert.Equal([PackageCodes.ArchiveInvalid], await Packages.Codes(Zip(ForgedZip.Write(ForgedZip.Whole(), count: 9))));
        Assert.Equal([PackageCodes.ArchiveInvalid], await Packages.Codes(Zip(ForgedZip.Write(ForgedZip.Whole(), count: 1))));
        Assert.Equal([PackageCodes.ArchiveInvalid], await Packages.Codes(Zip("PK\u0003\u0004"u8.ToArray())));
    }

    [Fact]
    public async Task Pack_SameFiles_GivesTheSameBytes()
    {
        var files = Packages.Files(null, Packages.File("z.txt", "z"), Packages.File("a.txt", "a"));
        byte[] packed = PackageArchive.Pack(files);
        Assert.Equal(packed, PackageArchive.Pack(files.Reverse()));
        Assert.Equal(packed, PackageArchive.Pack(await Packages.Good(Zip(packed))));
    }

    private static PackageSource Zip(byte[] zip) => PackageSource.FromBytes("package.zip", zip);

    private static Task<PackageVerification> VerifyWith(PackageLimits limits, PackageSource source) =>
        new PackageVerifier(new FakeAnalyzer()).VerifyPackageAsync(source, PackageTrust.None, limits, Packages.Token);

    private static IEnumerable<string> NamesOfDotnet(params ForgedEntry[] entries)
    {
        using var zip = new ZipArchive(new MemoryStream(ForgedZip.Write(ForgedZip.Whole(entries))));
        return [.. zip.Entries.Select(e => e.FullName)];
    }

    private static string ReadWithDotnet(string name, params ForgedEntry[] entries)
    {
        using var zip = new ZipArchive(new MemoryStream(ForgedZip.Write(ForgedZip.Whole(entries))));
        using var reader = new StreamReader(zip.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }

    private sealed class UnseekableStream : MemoryStream
    {
        public override bool CanSeek => false;
    }
}
