namespace Paddock.Architecture.Tests;

public sealed class ReferenceTests
{
    public static TheoryData<string> Projects => [.. Repository.SourceProjects.Select(p => p.Name)];

    [Fact]
    public void Table_ListsEveryProject() =>
        Assert.Equal(Repository.SourceProjects.Select(p => p.Name).Order(), Repository.Table.Select(p => p.Name).Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_AreThoseOfTheTable(string project) =>
        Assert.Equal(Row(project).References, File(project).References);

    [Theory]
    [MemberData(nameof(Projects))]
    public void Packages_AreThoseOfTheTable(string project) =>
        Assert.Equal(Row(project).Packages, File(project).Packages);

    [Fact]
    public void Packages_BelongToOneProjectEach()
    {
        var shared = Repository.SourceProjects
            .SelectMany(p => p.Packages.Select(package => (package, p.Name)))
            .GroupBy(x => x.package)
            .Where(g => g.Count() > 1)
            .Select(g => g.Key);
        Assert.Empty(shared);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Internals_AreOpenToTestsAndBenchmarksOnly(string project) =>
        Assert.All(File(project).Friends, friend => Assert.True(
            friend.EndsWith(".Tests", StringComparison.Ordinal) || friend.StartsWith("Paddock.Bench", StringComparison.Ordinal), friend));

    [Fact]
    public void EngineAndVocabulary_ReferenceNothing()
    {
        Assert.All(["Paddock.Wasm", "Paddock.Abstractions"], name =>
        {
            Assert.Empty(File(name).References);
            Assert.Empty(File(name).Packages);
        });
    }

    [Fact]
    public void Sandboxes_ReachNeitherStoreNorHostApi()
    {
        foreach (var sandbox in Repository.SourceProjects.Where(p => p.Name.StartsWith("Paddock.Sandbox.", StringComparison.Ordinal)))
            Assert.All(sandbox.References, reference => Assert.True(
                reference is "Paddock.Abstractions" or "Paddock.Wasm" || reference.StartsWith("Paddock.Sandbox.", StringComparison.Ordinal), $"{sandbox} → {reference}"));
    }

    private static ProjectFile Row(string project) => Repository.Table.Single(p => p.Name == project);

    private static ProjectFile File(string project) => Repository.SourceProjects.Single(p => p.Name == project);
}
