using Paddock.Wasm.Conformance;

namespace Paddock.Wasm.Tests;

/// <summary>The specification's own test suite, one test a file.</summary>
public sealed class SpecificationTests
{
    private const string Absent = "(absent)";

    private static readonly SuiteArchive? s_archive = SuiteArchive.Locate() is { } path ? SuiteArchive.Open(path) : null;

    public static TheoryData<string> Files => s_archive is null ? [Absent] : [.. s_archive.Names.Where(name => !SuiteArchive.NeedsVectors(name))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Run_FileOfTheSuite_HasNoFailure(string file)
    {
        if (s_archive is null) Assert.Skip("conformance data not present");
        var result = SuiteRunner.Run(s_archive, file);
        Assert.Empty(result.Failures);
        Assert.True(result.Passed + result.NotApplicable > 0);
    }
}
