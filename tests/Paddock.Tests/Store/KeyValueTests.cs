using Dapper;
using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests.Store;

public sealed class KeyValueTests : IAsyncDisposable
{
    private readonly HostFixture _host = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IKeyValueStore Store => _host.Get<IKeyValueStore>();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Set_IsReadBack_AfterARestart()
    {
        var plugin = await _host.CreateAsync();
        Assert.True(await SetAsync(plugin.Id, "k\0é", [1, 0, 2]));
        Assert.True(await SetAsync(plugin.Id, "empty", []));
        await _host.RestartAsync();
        Assert.Equal(new byte[] { 1, 0, 2 }, await Store.GetAsync("default", plugin.Id, "k\0é", Ct));
        Assert.Empty((await Store.GetAsync("default", plugin.Id, "empty", Ct))!);
        Assert.Null(await Store.GetAsync("default", plugin.Id, "k", Ct));
    }

    [Fact]
    public async Task Quota_CountsKeysAndValues_AndGivesBackWhatIsFreed()
    {
        var plugin = await _host.CreateAsync();
        Assert.True(await SetAsync(plugin.Id, "é", new byte[8], bytes: 10));
        Assert.False(await SetAsync(plugin.Id, "b", [], bytes: 10));
        Assert.False(await SetAsync(plugin.Id, "é", new byte[9], bytes: 10));
        Assert.Equal(8, (await Store.GetAsync("default", plugin.Id, "é", Ct))!.Length);
        Assert.True(await SetAsync(plugin.Id, "é", new byte[3], bytes: 10));
        Assert.True(await SetAsync(plugin.Id, "b", new byte[4], bytes: 10));
        Assert.True(await Store.DeleteAsync("default", plugin.Id, "é", Ct));
        Assert.False(await Store.DeleteAsync("default", plugin.Id, "é", Ct));
        Assert.True(await SetAsync(plugin.Id, "c", new byte[4], bytes: 10));
        Assert.False(await SetAsync(plugin.Id, "d", [], bytes: 10));
    }

    [Fact]
    public async Task Quota_OfKeys_HoldsUnderConcurrency()
    {
        var plugin = await _host.CreateAsync();
        bool[] set = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => SetAsync(plugin.Id, $"k{i}", [1], keys: 10)));
        Assert.Equal(10, set.Count(s => s));
        Assert.Equal((10L, 20L + 10), _host.Database.Read(c => c.QuerySingle<(long, long)>("SELECT keys, bytes FROM kv_usage")));
    }

    [Fact]
    public async Task List_IsByPrefixExactly_InOrder()
    {
        var plugin = await _host.CreateAsync();
        foreach (string key in new[] { "b", "a%", "a_", "A", "ab", "a" }) await SetAsync(plugin.Id, key, [1]);
        Assert.Equal(["a", "a%", "a_", "ab"], await Store.ListAsync("default", plugin.Id, "a", 10, Ct));
        Assert.Equal(["a%"], await Store.ListAsync("default", plugin.Id, "a%", 10, Ct));
        Assert.Equal(["A", "a"], await Store.ListAsync("default", plugin.Id, "", 2, Ct));
    }

    [Fact]
    public async Task T65_AnotherTenantOrPlugin_SeesNothing()
    {
        var plugin = await _host.CreateAsync();
        var other = await _host.CreateAsync();
        await SetAsync(plugin.Id, "k", [1]);
        Assert.Null(await Store.GetAsync("elsewhere", plugin.Id, "k", Ct));
        Assert.Null(await Store.GetAsync("default", other.Id, "k", Ct));
        Assert.False(await Store.DeleteAsync("elsewhere", plugin.Id, "k", Ct));
        Assert.Empty(await Store.ListAsync("elsewhere", plugin.Id, "", 10, Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.SetAsync("elsewhere", plugin.Id, "k", new byte[] { 2 }, 1000, 10, Ct).AsTask());
    }

    private async Task<bool> SetAsync(string plugin, string key, byte[] value, long bytes = 1000, int keys = 100) =>
        await Store.SetAsync("default", plugin, key, value, bytes, keys, Ct);
}
