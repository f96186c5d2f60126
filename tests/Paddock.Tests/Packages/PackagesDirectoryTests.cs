namespace Paddock.Tests.Packages;

public sealed class PackagesDirectoryTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("paddock-watched-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public async Task Directory_PackageAppearsChangesAndGoes()
    {
        await using var host = await StartAsync();
        Put("stats", "1.0.0", "result 10");
        var waiting = await UntilAsync(host, r => r?.Waiting?.Version == "1.0.0");
        await host.ApproveAsync("stats", waiting!.Waiting!.Digest);
        Assert.Equal(10, (await host.ResultAsync("stats")).Value.Length);

        Put("stats", "1.1.0", "result 20");
        var changed = await UntilAsync(host, r => r?.Waiting?.Version == "1.1.0");
        Assert.Equal(10, (await host.ResultAsync("stats")).Value.Length);
        await host.ApproveAsync("stats", changed!.Waiting!.Digest);
        Assert.Equal(20, (await host.ResultAsync("stats")).Value.Length);

        Directory.Move(Path.Combine(_path, "stats"), _path + "-away");
        await UntilAsync(host, r => r?.Quarantine == "SOURCE_REMOVED");
        while (await host.RefusalAsync("stats") != ServiceErrorCodes.PluginQuarantined) await Task.Yield();
        Directory.Move(_path + "-away", Path.Combine(_path, "stats"));
        while (await host.RefusalAsync("stats") is not null) await Task.Yield();
        Assert.Equal(20, (await host.ResultAsync("stats")).Value.Length);
    }

    [Fact]
    public async Task Directory_HalfWrittenPackage_ChangesNothing()
    {
        await using var host = await StartAsync();
        Directory.CreateDirectory(Path.Combine(_path, "half"));
        File.WriteAllText(Path.Combine(_path, "half", "plugin.yaml"), "apiVersion: paddock/v1\nname: half\nversion: 1.0.0\nruntime: javascript\nentry: main.js\n");
        Put("stats", "1.0.0", "result 10");
        await UntilAsync(host, r => r is not null);
        Assert.Equal(ServiceErrorCodes.PluginNotFound, (await host.Packages.GetAsync(PackageFixture.Operator, "half", Ct)).Error?.Code);
        File.WriteAllText(Path.Combine(_path, "half", "main.js"), "// the other half");
        await UntilAsync(host, r => r is not null, "half");
    }

    private Task<PackageFixture> StartAsync() => PackageFixture.StartAsync(o =>
    {
        o.PackagesDirectory = _path;
        o.PackagesDebounce = TimeSpan.FromMilliseconds(50);
    });

    private void Put(string name, string version, string step)
    {
        string directory = Path.Combine(_path, name);
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "plugin.yaml"), $"apiVersion: paddock/v1\nname: {name}\nversion: {version}\nruntime: javascript\nentry: main.js\n");
        File.WriteAllText(Path.Combine(directory, "main.js"), $"// steps of a test\n{step}");
    }

    private static async Task<PackageRecord?> UntilAsync(PackageFixture host, Func<PackageRecord?, bool> condition, string name = "stats")
    {
        while (true)
        {
            Ct.ThrowIfCancellationRequested();
            (await host.Packages.GetAsync(PackageFixture.Operator, name, Ct)).TryGetValue(out var record, out _);
            if (condition(record)) return record;
            await Task.Yield();
        }
    }
}
