using Paddock.Packaging;
using Paddock.Sandbox.GoPlugin.Tests;

namespace Paddock.Threats.Tests;

/// <summary>Row 41, and what becomes of crashes and changed binaries, on a whole host with GoatKit packages whose binaries are real plugins of Go.</summary>
public sealed class GoPluginThreats
{
    private const string Folder = "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/goatkit";
    private static readonly Permission[] s_kv = [new(PermissionType.Kv, Access.Read | Access.Write, ["*"])];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T41_CallerThatAPluginNames_IsNotWhoItIs()
    {
        await using var host = await StartAsync();
        var forger = await host.ServeAsync(Package(host, "forger"), s_kv);
        await host.ServeAsync(Package(host, "somebody-else"), s_kv);
        // Every host call of the program says that it comes from somebody-else.
        Assert.Equal("{\"ok\":true}", await Ask(host, "forger", "kv_set", """{"key":"k","value":"forged"}"""));
        Assert.Equal("{\"value\":null,\"found\":false}", await Ask(host, "somebody-else", "kv_get", """{"key":"k"}"""));
        Assert.Contains(await Audit(host), r => r is { Action: "kv.set", Allowed: true } && r.PluginId == forger.Package.Id);

        // Control: who it is decides what it reaches. Under its own name the value is there.
        Assert.Equal("{\"value\":\"forged\",\"found\":true}", await Ask(host, "forger", "kv_get", """{"key":"k"}"""));
    }

    [Fact]
    public async Task Crashes_InARow_QuarantineThePlugin()
    {
        await using var host = await StartAsync(o => o.QuarantineAfter = 3);
        await host.ServeAsync(Package(host, "crasher"), s_kv);
        await host.ServeAsync(Package(host, "neighbour"), s_kv);
        Assert.Equal("1", await host.CallAsync("crasher", "count"));
        string answer;
        while ((answer = await host.CallAsync("crasher", "exit")) == ErrorCodes.ProcessEnded) await Task.Yield();
        Assert.Equal(ServiceErrorCodes.PluginQuarantined, answer);
        Assert.Equal("1", await host.CallAsync("neighbour", "count"));
        await host.Packages.EnableAsync(WholeHost.Operator, "crasher", true, Ct);
        Assert.Equal("1", await host.CallAsync("crasher", "count"));
    }

    [Fact]
    public async Task ChangedBinary_InThePackagesDirectory_WaitsForReviewWhileTheOldOneServes()
    {
        var folder = Directory.CreateTempSubdirectory("paddock-watched-").FullName;
        await using var host = await StartAsync(o =>
        {
            o.PackagesDirectory = folder;
            o.PackagesDebounce = TimeSpan.FromMilliseconds(50);
        });
        Write(Path.Combine(folder, "swapped"), "swapped", "1.0.0", "");
        var first = await WaitingAsync(host, "swapped", "1.0.0");
        await host.ApproveAsync("swapped", first, s_kv);
        Assert.Equal("1", await host.CallAsync("swapped", "count"));

        // Bytes after the end of a program change nothing that it does, and make it another package.
        Write(Path.Combine(folder, "swapped"), "swapped", "1.0.1", "another build");
        var second = await WaitingAsync(host, "swapped", "1.0.1");
        Assert.NotEqual(first, second);
        Assert.Equal("2", await host.CallAsync("swapped", "count"));
        await host.ApproveAsync("swapped", second, s_kv);
        Assert.Equal("1", await host.CallAsync("swapped", "count"));
        Directory.Delete(folder, recursive: true);
    }

    private static Task<WholeHost> StartAsync(Action<PaddockOptions>? configure = null) => WholeHost.StartAsync(configure, builder => builder.AddGoPlugins());

    private static Task<string> Ask(WholeHost host, string plugin, string function, string arguments) =>
        host.CallAsync(plugin, "host", $$"""{"name":"{{function}}","args":{{arguments}}}""");

    private static async Task<IReadOnlyList<AuditRecord>> Audit(WholeHost host) => (await host.Get<IAuditLog>().ListAsync(WholeHost.Operator, limit: 200, cancellationToken: Ct)).Value;

    private static async Task<string> WaitingAsync(WholeHost host, string name, string version)
    {
        while (true)
        {
            Ct.ThrowIfCancellationRequested();
            var result = await host.Packages.GetAsync(WholeHost.Operator, name, Ct);
            if (result.TryGetValue(out var record, out _) && record.Waiting is { } waiting && waiting.Version == version) return waiting.Digest;
            await Task.Yield();
        }
    }

    private static PackageSource Package(WholeHost host, string name)
    {
        var folder = host.Folder(name);
        Write(folder, name, "1.0.0", "");
        return PackageSource.FromDirectory(folder);
    }

    private static void Write(string folder, string name, string version, string more)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "plugin.yaml"), $"name: {name}\nversion: {version}\nruntime: grpc\nresources:\n  permissions:\n    - {{ type: kv, access: readwrite, scope: ['*'] }}\n");
        File.WriteAllBytes(Path.Combine(folder, name), [.. GoPrograms.Build(Folder), .. System.Text.Encoding.UTF8.GetBytes(more)]);
    }
}
