using System.Text;
using Paddock.Packaging;
using Paddock.Policy;
using Paddock.Sandbox.GoPlugin.Tests;
using Paddock.Sandbox.Wasm.Tests;

namespace Paddock.Threats.Tests.AcrossRuntimes;

/// <summary>Row 61, cycles: plugins that keep their state and call each other, or themselves, whatever they run on.</summary>
public sealed class StateTests
{
    private const string Python = """
        from paddock import host, HostError
        def meet(place, other):
            host.http.request(place)
            try: return host.plugin.call(other, 'count')
            except HostError as error: return error.code
        def again(name):
            try: return host.plugin.call(name, 'count')
            except HostError as error: return error.code
        calls = 0
        def count():
            global calls
            calls += 1
            return calls
        """;

    private const string Node = """
        let calls = 0;
        exports.meet = async (c) => { await c.host.http.request(c.input.place); return c.host.plugin.call(c.input.other, 'count').catch((e) => e.code); };
        exports.again = (c) => c.host.plugin.call(c.input.name, 'count').catch((e) => e.code);
        exports.count = () => ++calls;
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("python", "python")]
    [InlineData("node", "python")]
    public async Task T61_TwoThatWaitForEachOther_OneIsRefusedAndBothEnd(string one, string other)
    {
        await using var server = new GatedServer();
        int came = 0;
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Meanwhile = _ =>
        {
            if (Interlocked.Increment(ref came) == 2) both.SetResult();
            return both.Task;
        };
        await using var host = await WholeHost.StartAsync(build: b => b.AddProcesses().AddHttp());
        await ServeAsync(host, "a", one, server.Address);
        await ServeAsync(host, "b", other, server.Address);
        string[] answers = await Task.WhenAll(host.CallAsync("state-a", "meet", Meet(server, "state-b")), host.CallAsync("state-b", "meet", Meet(server, "state-a")));
        Assert.Equal([$"\"{ErrorCodes.CallReentered}\"", "1"], answers.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task T61_CallOfItself_IsRefusedAtOnce(string runtime)
    {
        await using var host = await WholeHost.StartAsync(build: b => b.AddProcesses().AddHttp());
        await ServeAsync(host, "a", runtime, "http://127.0.0.1:1");
        Assert.Equal($"\"{ErrorCodes.CallReentered}\"", await host.CallAsync("state-a", "again", """{"name":"state-a"}"""));
        Assert.Equal("1", await host.CallAsync("state-a", "count"));
    }

    [Theory]
    [InlineData("inprocess")]
    [InlineData("process")]
    public async Task T61_WasmThatCallsItself_IsRefusedInItsWorkerAsInTheHost(string isolation)
    {
        await using var host = await WholeHost.StartAsync(build: b => b.AddWorkers());
        string folder = host.Folder("package");
        await File.WriteAllTextAsync(Path.Combine(folder, "plugin.yaml"), Manifest("a", "wasm", "main.wasm", "", $"isolation: {isolation}\n"), Ct);
        await File.WriteAllBytesAsync(Path.Combine(folder, "main.wasm"), Guests.Gk, Ct);
        var id = await ApproveAsync(host, folder, "state-a", [new(PermissionType.PluginCall, Access.Execute, ["state-*"])]);
        Assert.Equal("\"refused\"", await host.CallAsync("state-a", "plugin.call", """{"plugin":"state-a","function":"count"}"""));
        var records = (await host.Get<IAuditLog>().ListAsync(WholeHost.Operator, id, cancellationToken: Ct)).Value;
        Assert.Contains(records, r => r is { Action: "plugin.call", Code: ErrorCodes.CallReentered });
        Assert.Equal("1", await host.CallAsync("state-a", "count"));
        Assert.Equal("2", await host.CallAsync("state-a", "count"));
    }

    [Fact]
    public async Task T61_GoPluginThatCallsItself_IsRefusedAtOnce()
    {
        await using var host = await WholeHost.StartAsync(build: b => b.AddGoPlugins());
        string folder = host.Folder("package");
        await File.WriteAllTextAsync(Path.Combine(folder, "plugin.yaml"), Manifest("a", "go-plugin", "plugin", ""), Ct);
        await File.WriteAllBytesAsync(Path.Combine(folder, "plugin"), GoPrograms.Build("tests/Paddock.Sandbox.GoPlugin.Tests/Programs/goatkit"), Ct);
        await ApproveAsync(host, folder, "state-a", [new(PermissionType.PluginCall, Access.Execute, ["state-*"])]);
        Assert.Equal(ErrorCodes.CallReentered, await host.CallAsync("state-a", "host", """{"name":"plugin.call","args":{"plugin":"state-a","function":"count"}}"""));
        // Its program counts every call that it has; the refused one never came.
        Assert.Equal("2", await host.CallAsync("state-a", "count"));
    }

    private static string Meet(GatedServer server, string other) => $$"""{"place":"{{server.Address}}/","other":"{{other}}"}""";

    private static async Task ServeAsync(WholeHost host, string name, string runtime, string address)
    {
        string folder = host.Folder("package-" + name), entry = runtime == "python" ? "plugin.py" : "main.js";
        await File.WriteAllTextAsync(Path.Combine(folder, "plugin.yaml"), Manifest(name, runtime, entry, $", {{ type: http, scope: [\"{address}\"] }}"), Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, entry), runtime == "python" ? Python : Node, Ct);
        await ApproveAsync(host, folder, "state-" + name, [new(PermissionType.PluginCall, Access.Execute, ["state-*"]), new(PermissionType.Http, Access.Execute, [address])]);
    }

    private static async Task<string> ApproveAsync(WholeHost host, string folder, string name, Permission[] grants)
    {
        var outcome = await host.InstallAsync(PackageSource.FromDirectory(folder));
        var policy = new PluginPolicy { Status = PolicyStatus.Approved, Grants = grants, Stateful = true };
        Assert.Null((await host.Packages.SetPolicyAsync(WholeHost.Operator, name, policy, outcome.Digest, Ct)).Error);
        return outcome.Package.Id;
    }

    private static string Manifest(string name, string runtime, string entry, string permissions, string more = "") => $$"""
        apiVersion: paddock/v1
        name: state-{{name}}
        version: 1.0.0
        runtime: {{runtime}}
        entry: {{entry}}
        stateful: true
        {{more}}limits: { memory: 160MiB, timeout: 60s, processes: 64 }
        contributes: { exports: [meet, again, host, count] }
        permissions: [{ type: plugin_call, scope: ["state-*"] }{{permissions}}]
        """;
}
