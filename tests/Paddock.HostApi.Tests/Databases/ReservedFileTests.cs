using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>The host's own store is no plugin's database, by whatever name.</summary>
public sealed class ReservedFileTests : IDisposable
{
    private readonly SqliteSample _store = new("CREATE TABLE tokens (hash); INSERT INTO tokens VALUES ('CANARY')");
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("paddock-reserved-").FullName;

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_elsewhere, recursive: true);
    }

    [Fact]
    public void Create_StoreByItsPath_IsRefused() => AssertRefused(_store.Path);

    [Fact]
    public void Create_StoreByAnotherSpelling_IsRefused() => AssertRefused(Path.Combine(_store.Base, "..", Path.GetFileName(_store.Base), ".", "app.db"));

    [Fact]
    public void Create_StoreByConnectionString_IsRefused() => AssertRefused($"Data Source={_store.Path}");

    [Fact]
    public void Create_StoreBySymbolicLink_IsRefused()
    {
        var link = Path.Combine(_elsewhere, "link.db");
        File.CreateSymbolicLink(link, _store.Path);
        AssertRefused(link);
    }

    [Fact]
    public void Create_StoreThroughALinkedDirectory_IsRefused()
    {
        var link = Path.Combine(_elsewhere, "dir");
        Directory.CreateSymbolicLink(link, _store.Base);
        AssertRefused(Path.Combine(link, "app.db"));
    }

    [Fact]
    public void Create_StoreByHardLink_IsRefused()
    {
        var link = Path.Combine(_elsewhere, "hard.db");
        System.Diagnostics.Process.Start("ln", [_store.Path, link]).WaitForExit();
        Assert.True(File.Exists(link));
        AssertRefused(link);
    }

    [Fact]
    public async Task Query_FileBecameALinkToTheStore_IsRefused()
    {
        var path = Path.Combine(_elsewhere, "later.db");
        await using var door = new DatabaseFixture(new DatabaseOptions().AddSqlite("default", path), [_store.Base]).Grant(Access.Read, "*");
        Assert.Equal(ErrorCodes.DatabaseError, (await door.Query("SELECT 1 AS x")).Error?.Code);
        File.CreateSymbolicLink(path, _store.Path);
        Assert.Equal(ErrorCodes.HostError, (await door.Query("SELECT hash FROM tokens")).Error?.Code);

        // Without the reservation the same path leads there.
        await using var lifted = new DatabaseFixture(new DatabaseOptions().AddSqlite("default", path)).Grant(Access.Read, "*");
        Assert.Contains("CANARY", DatabaseFixture.Text(await lifted.Query("SELECT hash FROM tokens")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(":memory:")]
    [InlineData("file:/tmp/x.db?mode=memory")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=x.db;Mode=Memory")]
    [InlineData("")]
    public void AddSqlite_WhatIsNoFile_IsRefused(string path) => Assert.ThrowsAny<ArgumentException>(() => new DatabaseOptions().AddSqlite("default", path));

    [Theory]
    [InlineData("a:b")]
    [InlineData("a*")]
    [InlineData("a b")]
    [InlineData("")]
    public void AddSqlite_NameThatIsNone_IsRefused(string name) => Assert.ThrowsAny<ArgumentException>(() => new DatabaseOptions().AddSqlite(name, "x.db"));

    private void AssertRefused(string path) =>
        Assert.Throws<ArgumentException>(() => new DatabaseFunctions(new DatabaseOptions().AddSqlite("default", path), [_store.Base]));
}
