using System.Globalization;
using System.Text.Json;
using Paddock.Engines;
using Paddock.HostApi.Tests.Effects;
using Paddock.Threats.Tests;
using Paddock.Threats.Tests.AcrossRuntimes;

namespace Paddock;

/// <summary>Recorded calls of plugins in containers, run again in containers, on a whole host.</summary>
public abstract class ReplayTests(EngineFixture engines)
{
    private const string Asking = """
        import os, sys, urllib.request
        def ask(url, data=None):
            try:
                with urllib.request.urlopen(urllib.request.Request(url, data=data)) as answer: return answer.read().decode()
            except OSError as e: return str(e)
        def both(): return [ask('URL/a'), ask('URL/b', b'body')]
        def refused(): return [ask('https://nobody.example.com/'), ask('URL/a')]
        def read(): return open('FILES/file').read()
        def around(): return [sorted(k for k in os.environ if k.startswith('PYTHON')), sys.path[0], sys.path[-1], getattr(sys.modules.get('sitecustomize'), '__file__', None), ask('URL/a')]
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    [InlineData("javascript")]
    public async Task Replay_OfAContainer_ComesToTheSameEndWithoutAnEffect(string runtime)
    {
        await using var host = await StartAsync();
        await Recordings.ServeAsync(host, runtime, IsolationLevel.Container);
        foreach (string function in (string[])["learn", "concur", "fail", "forever"])
        {
            var recorded = await Recordings.RecordedAsync(host, runtime, function);
            await host.CallAsync(runtime, "learn");
            long effects = await EffectsAsync(host);
            var outcome = await Recordings.ReplayAsync(host, recorded.ExecutionId);
            Recordings.AssertSame(recorded.Result, outcome);
            Assert.False(outcome.OwnSources, function);
            Assert.Equal(effects, await EffectsAsync(host));

            // Control: called and not replayed it learns something else, and has its effect again.
            if (function == "forever") continue;
            Assert.NotEqual(Told(recorded.Result), Told((await Recordings.RecordedAsync(host, runtime, function)).Result));
            Assert.Equal(function == "fail" ? effects + 1 : effects, await EffectsAsync(host));
        }
    }

    [Fact]
    public async Task Replay_OfRequestsThroughTheProxy_AnswersAsThenAndAsksNobody()
    {
        await using var asked = new Canary(r => Canary.Ok("said " + r.Split(' ')[1]));
        await using var host = await ServingAsync(asked);
        var recorded = await Recordings.RecordedAsync(host, "asking", "both");
        Assert.Equal("""["said /a","said /b"]""", Recordings.Text(recorded.Result));
        int requests = asked.Requests.Count;
        Recordings.AssertSame(recorded.Result, await Recordings.ReplayAsync(host, recorded.ExecutionId));
        Assert.Equal((2, 2), (requests, asked.Requests.Count));

        // A connection that the host refused is refused again, without a look at what is granted now.
        var refused = await Recordings.RecordedAsync(host, "asking", "refused");
        Assert.Contains("403", Recordings.Text(refused.Result), StringComparison.Ordinal);
        Recordings.AssertSame(refused.Result, await Recordings.ReplayAsync(host, refused.ExecutionId));
        Assert.Equal(3, asked.Requests.Count);
    }

    [Fact]
    public async Task Replay_OfWhatWasReadInADirectory_SaysThatItIsAnotherEnd()
    {
        await using var asked = new Canary(_ => Canary.Ok("said"));
        await using var host = await ServingAsync(asked);
        var recorded = await Recordings.RecordedAsync(host, "asking", "read");
        Assert.Equal("\"content\"", Recordings.Text(recorded.Result));
        var outcome = await Recordings.ReplayAsync(host, recorded.ExecutionId);
        Assert.NotNull(outcome.Divergence);
        Assert.Equal(ErrorCodes.GuestError, outcome.Replayed.Error?.Code);
    }

    [Fact]
    public async Task Replay_OfAOneShotContainer_ReplaysItsRequestsAndSaysThatTheRestIsItsOwn()
    {
        int times = 0;
        await using var asked = new Canary(_ => Canary.Ok($"said {++times}"));
        await using var host = await StartAsync();
        string url = Url(asked);
        await Recordings.ServeAsync(host, Recordings.Manifest("shot", "container", "plugin.py", "[run]", $", {{ type: http, scope: [\"{url}\"] }}"), "plugin.py",
            $"import urllib.request\nprint(urllib.request.urlopen('{url}/').read().decode())", [new(PermissionType.Http, Access.Execute, [url])]);
        var recorded = await Recordings.RecordedAsync(host, "shot", "run");
        Assert.Equal("said 2\n", Printed((await Recordings.RecordedAsync(host, "shot", "run")).Result));
        var outcome = await Recordings.ReplayAsync(host, recorded.ExecutionId);
        Assert.Equal(("said 1\n", "said 1\n"), (Printed(recorded.Result), Printed(outcome.Replayed)));
        Assert.True(outcome.OwnSources);
        Assert.Equal(2, asked.Requests.Count);
    }

    // What of Python's variables a recorded call reads is the order of its sets: packages of its image come after the standard library, as in every other call.
    [Fact]
    public async Task Recorded_WithHttp_HasThePathsOfAnyOtherCall()
    {
        await using var asked = new Canary(_ => Canary.Ok("said"));
        await using var host = await ServingAsync(asked);
        var usual = JsonElement.Parse(await host.CallAsync("asking", "around"));
        var recorded = JsonElement.Parse(Recordings.Text((await Recordings.RecordedAsync(host, "asking", "around")).Result));
        Assert.Equal(["PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED"], recorded[0].EnumerateArray().Select(v => v.GetString()!));
        Assert.Equal("/deps", recorded[2].GetString());
        foreach (int same in (int[])[1, 2, 3, 4]) Assert.Equal(usual[same].ToString(), recorded[same].ToString());
    }

    private async Task<WholeHost> StartAsync()
    {
        await engines.ReadyAsync();
        // Failures in a row are what is tested, and no reason to stop it.
        return await WholeHost.StartAsync(o => (o.RollBackAfter, o.QuarantineAfter) = (0, 0), b => b.AddHttp().AddContainers(engines.Options("replay")));
    }

    private async Task<WholeHost> ServingAsync(Canary asked)
    {
        var host = await StartAsync();
        string url = Url(asked), files = host.Folder("shown");
        await File.WriteAllTextAsync(Path.Combine(files, "file"), "content", Ct);
        string source = Asking.Replace("URL", url, StringComparison.Ordinal).Replace("FILES", files, StringComparison.Ordinal);
        string more = $", {{ type: http, scope: [\"{url}\"] }}, {{ type: files, access: read, scope: [\"{files}\"] }}";
        await Recordings.ServeAsync(host, Recordings.Manifest("asking", "python", "plugin.py", "[both, refused, read, around]", more), "plugin.py", source,
            [new(PermissionType.Http, Access.Execute, [url]), new(PermissionType.Files, Access.Read, [files])], IsolationLevel.Container);
        return host;
    }

    private static string Url(Canary server) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}");

    private static (string, string?) Told(CallResult result) => (Recordings.Text(result), result.Error?.Message);

    private static string? Printed(CallResult result) => JsonElement.Parse(result.Value.Span).GetProperty("stdout").GetString();

    private static async Task<long> EffectsAsync(WholeHost host) =>
        (await host.Get<IAuditLog>().ListAsync(WholeHost.Operator, limit: 200, cancellationToken: Ct)).Value.Count(r => r.Action == "kv.set");
}

[Collection("Docker")]
public sealed class DockerReplayTests(DockerFixture engines) : ReplayTests(engines);
