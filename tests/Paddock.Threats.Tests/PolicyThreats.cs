using Paddock.HostApi.Http;

namespace Paddock.Threats.Tests;

/// <summary>Rows 60, 61 and 70 on a whole host with real runtimes.</summary>
public sealed class PolicyThreats
{
    private const string Secret = "canary-s3cret-4f2a91";
    private static readonly Permission Kv = new(PermissionType.Kv, Access.Read | Access.Write, ["*"]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // The plugin waits for an answer of a server; meanwhile its policy changes, in one of the ways that it can.
    [Theory]
    [InlineData("nothing", "[1,1]")]
    [InlineData("narrowed", "[1,\"PERMISSION_DENIED\"]")]
    [InlineData("blocked", "[1,\"PLUGIN_BLOCKED\"]")]
    [InlineData("revoked", "CANCELLED")]
    [InlineData("stopped", "CANCELLED")]
    public async Task T60_PolicyChangedBetweenTwoHostCallsOfOneCall_HoldsForTheSecond(string change, string expected)
    {
        await using var server = new EchoServer();
        await using var host = await HostAsync(server);
        var http = Http(server);
        string code = $$"""
            const get = async (c) => { try { return await c.host.kv.get('k') } catch (e) { return e.code } };
            exports.run = async (c) => {
              if (c.input) { await c.host.kv.set('k', 1); return 0 }
              const first = await get(c);
              await c.host.http.request({ method: 'GET', url: '{{Url(server)}}' });
              return [first, await get(c)];
            }
            """;
        var installed = await host.ServeAsync(host.Package("stats", "1.0.0", code, Asked(server)), Kv, http);
        await host.ServeAsync(host.Package("neighbour", "1.0.0", "exports.run = () => 42"));
        Assert.Equal("0", await host.CallAsync("stats", input: "true"));
        server.Meanwhile = async () =>
        {
            switch (change)
            {
                case "narrowed": await host.ApproveAsync("stats", installed.Digest, http); break;
                case "blocked": await host.Packages.SetPolicyAsync(WholeHost.Operator, "stats", new() { Status = Policy.PolicyStatus.Blocked }, installed.Digest, Ct); break;
                case "revoked": await host.Packages.RevokeAsync(WholeHost.Operator, installed.Digest, "a hole", Ct); break;
                case "stopped": await host.Get<IHostControl>().StopAllAsync(WholeHost.Operator, Ct); break;
            }
        };
        Assert.Equal(expected, await host.CallAsync("stats"));
        Assert.Equal(change == "stopped" ? ServiceErrorCodes.SafeMode : "42", await host.CallAsync("neighbour"));
    }

    // A has no kv. B has, and gives A what B itself decides to; in B's call A is called again, and has none there either.
    [Fact]
    public async Task T61_ThroughAnotherPluginAndBack_NobodyLendsAGrant()
    {
        const string read = "const read = async (c) => { try { return await c.host.kv.get('k') } catch (e) { return e.code } };\n";
        await using var host = await WholeHost.StartAsync();
        var callB = new Permission(PermissionType.PluginCall, Access.Execute, ["bee"]);
        var callA = new Permission(PermissionType.PluginCall, Access.Execute, ["ant"]);
        string ant = read + """
            module.exports = {
              run: async (c) => ({ mine: await read(c), through: await c.host.plugin.call('bee', 'run', {}), again: await read(c) }),
              inner: (c) => read(c),
              hidden: async (c) => { try { return await c.host.plugin.call('bee', 'secretly', {}) } catch (e) { return e.code } },
            }
            """;
        string bee = read + """
            module.exports = {
              put: async (c) => { await c.host.kv.set('k', 'canary'); return 0 },
              run: async (c) => ({ back: await c.host.plugin.call('ant', 'inner', {}), length: (await read(c)).length }),
              secretly: (c) => read(c),
            }
            """;
        await host.ServeAsync(host.Package("ant", "1.0.0", ant, "permissions:\n  - { type: plugin_call, scope: [bee] }\ncontributes:\n  exports: [inner]\n"), callB);
        await host.ServeAsync(host.Package("bee", "1.0.0", bee, "permissions:\n  - { type: kv, access: readwrite, scope: ['*'] }\n  - { type: plugin_call, scope: [ant] }\ncontributes:\n  exports: [run]\n"), Kv, callA);
        Assert.Equal("0", await host.CallAsync("bee", "put"));
        Assert.Equal("""{"mine":"PERMISSION_DENIED","through":{"back":"PERMISSION_DENIED","length":6},"again":"PERMISSION_DENIED"}""", await host.CallAsync("ant"));
        // What bee does not offer, ant cannot ask for.
        Assert.NotEqual("\"canary\"", await host.CallAsync("ant", "hidden"));

        // Control: bee itself, on its own grant, reaches it.
        Assert.Equal("\"canary\"", await host.CallAsync("bee", "secretly"));
    }

    [Fact]
    public async Task T61_EndlessRing_EndsAtTheDepth_AndTheNeighbourAnswers()
    {
        await using var host = await WholeHost.StartAsync(o => (o.Calls, o.CallsPerPlugin) = (2, 1));
        foreach (var (name, next) in new[] { ("ant", "bee"), ("bee", "ant") })
        {
            string code = $$"""module.exports = { run: async (c) => { try { return 1 + await c.host.plugin.call('{{next}}', 'run', {}) } catch (e) { return 0 } } }""";
            await host.ServeAsync(host.Package(name, "1.0.0", code, $"permissions:\n  - {{ type: plugin_call, scope: [{next}] }}\ncontributes:\n  exports: [run]\n"), new Permission(PermissionType.PluginCall, Access.Execute, [next]));
        }

        await host.ServeAsync(host.Package("neighbour", "1.0.0", "exports.run = () => 42"));
        var calls = Enumerable.Range(0, 4).Select(i => host.CallAsync(i % 2 == 0 ? "ant" : "bee")).ToList();
        foreach (string answer in await Task.WhenAll(calls)) Assert.Equal("10", answer);
        Assert.Equal("42", await host.CallAsync("neighbour"));
    }

    [Fact]
    public async Task T70_ASecretThatIsUsed_IsNowhereButWhereItBelongs()
    {
        await using var server = new EchoServer();
        using var traces = new TraceCapture();
        await using var host = await HostAsync(server);
        string code = $$"""
            exports.run = async (c) => {
              const said = [JSON.stringify(c)];
              const tries = [
                () => c.host.http.request({ method: 'GET', url: '{{Url(server)}}?q=1', headers: { 'X-Token': { secret: 'token' }, Authorization: { secret: 'token', format: 'Bearer {}' } } }),
                () => c.host.http.request({ method: 'GET', url: 'http://elsewhere.invalid/', headers: { 'X-Token': { secret: 'token' } } }),
                () => c.host.config.get('token'), () => c.host.kv.get('token'), () => c.host.cache.get('token'),
              ];
              for (const one of tries) { try { said.push(JSON.stringify(await one())) } catch (e) { said.push(String(e), e.code, e.stack) } }
              for (const one of said) console.log(one);
              if (c.input) throw new Error(said.join());
              return said;
            }
            """;
        var installed = await host.ServeAsync(host.Package("stats", "1.0.0", code, "secrets: [token]\n" + Asked(server)), Kv, Http(server));
        Assert.Null((await host.Packages.SetSecretAsync(WholeHost.Operator, "stats", "token", Secret, Ct)).Error);
        await host.Get<IReplayService>().EnableAsync(WholeHost.Operator, installed.Package.Id, TimeSpan.FromHours(1), Ct);
        string answer = await host.CallAsync("stats");
        Assert.Equal(ErrorCodes.GuestError, await host.CallAsync("stats", input: "true"));

        // Control: it was sent, both times in both headers, and the server sent it back.
        Assert.Equal(2, server.Requests.Count);
        foreach (string request in server.Requests) Assert.Contains($"Bearer {Secret}", request, StringComparison.Ordinal);

        var logs = host.Get<IPluginInsight>().Logs(WholeHost.Operator, null, LogSeverity.Debug).Value.Select(l => l.Entry.Message).ToList();
        var audit = (await host.Get<IAuditLog>().ListAsync(WholeHost.Operator, limit: 200, cancellationToken: Ct)).Value.Select(r => r.ToString()).ToList();
        var record = (await host.Packages.GetAsync(WholeHost.Operator, "stats", Ct)).Value;
        Assert.Equal(["token"], record.SecretsSet);
        Assert.NotEmpty(logs);
        Assert.NotEmpty(traces.Said);
        Assert.NotEmpty(audit);
        string backup = Path.Combine(host.Folder("backups"), "one.tar");
        StoreBackup.Create(host.Data, backup, keysFile: null, cancellationToken: Ct);
        string[] everywhere = [answer, .. logs, .. audit, .. traces.Said, .. host.Said, .. host.Kept(), await File.ReadAllTextAsync(backup, System.Text.Encoding.Latin1, Ct), record.ToString()];
        foreach (string text in everywhere) Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        // Control: the same search finds what is no secret.
        Assert.Contains(everywhere, t => t.Contains("X-Token", StringComparison.OrdinalIgnoreCase));
    }

    private static Task<WholeHost> HostAsync(EchoServer server) =>
        WholeHost.StartAsync(build: b => b.AddHttp(new HttpFunctionOptions { PrivateHosts = [$"localhost:{server.Port}"] }));

    private static string Url(EchoServer server) => $"http://localhost:{server.Port}/";

    private static string Asked(EchoServer server) =>
        $"permissions:\n  - {{ type: kv, access: readwrite, scope: ['*'] }}\n  - {{ type: http, scope: ['http://localhost:{server.Port}'] }}\n";

    private static Permission Http(EchoServer server) => new(PermissionType.Http, Access.Execute, [$"http://localhost:{server.Port}"]);
}
