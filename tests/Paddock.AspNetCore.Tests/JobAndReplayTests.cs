using System.Net;

namespace Paddock.AspNetCore.Tests;

/// <summary>Jobs and recorded calls over HTTP, with the real scheduler, the real store and the real sandbox. Tokens, roles and tenants are those of every operation: <see cref="AuthorizationTests"/> and <see cref="PackageTests"/>.</summary>
public sealed class JobAndReplayTests(ServerFixture server)
{
    private const string Jobs = "/api/jobs";
    private const string Replays = "/api/replays";

    [Fact]
    public async Task Jobs_ListRunAndHistory()
    {
        string name = await InstallAsync();
        var listed = Assert.Single((await server.Operator.GetAsync($"{Jobs}?plugin={name}")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray())!;
        Assert.Equal((name, "nightly", "30 2 * * *", "UTC", true, "skip"),
            ((string?)listed["plugin"], (string?)listed["id"], (string?)listed["schedule"], (string?)listed["timeZone"], (bool)listed["enabled"]!, (string?)listed["overlap"]));
        var next = (DateTimeOffset)listed["next"]!;
        Assert.Equal((2, 30), (next.Hour, next.Minute));
        Assert.Null(listed["last"]);

        var run = (await server.Operator.PostAsync($"{Jobs}/{name}/nightly/run")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal((name, "nightly"), ((string?)run["plugin"], (string?)run["job"]));
        var history = (await server.Operator.GetAsync($"{Jobs}/history?plugin={name}&job=nightly&limit=1")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();
        Assert.Equal((long)run["id"]!, (long)Assert.Single(history)!["id"]!);
        Assert.Empty((await server.Operator.GetAsync($"{Jobs}/history?plugin={name}&job=other")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray());
        listed = Assert.Single((await server.Operator.GetAsync($"{Jobs}?plugin={name}")).Json["items"]!.AsArray())!;
        Assert.Equal((long)run["id"]!, (long)listed["last"]!["id"]!);
    }

    [Fact]
    public async Task Jobs_WhatIsNotThereOrMalformed_IsRefused()
    {
        string name = await InstallAsync();
        (await server.Operator.PostAsync($"{Jobs}/{name}/other/run")).Refused(HttpStatusCode.NotFound, "JOB_NOT_FOUND");
        (await server.Operator.PostAsync($"{Jobs}/nobody/nightly/run")).Refused(HttpStatusCode.NotFound, "JOB_NOT_FOUND");
        (await server.Operator.PostAsync($"{Jobs}/{name}/nightly/run", new { wait = true })).Refused(HttpStatusCode.BadRequest, "FIELD_UNKNOWN");
        (await server.Operator.GetAsync(Jobs + "/history?limit=0")).Refused(HttpStatusCode.BadRequest, "QUERY_INVALID");
        Assert.Empty((await server.Operator.GetAsync($"{Jobs}/history?plugin={name}")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task T65_OtherTenant_SeesNoJobsRunsAndRecordings()
    {
        string name = await InstallAsync();
        (await server.Operator.PostAsync($"{Jobs}/{name}/nightly/run")).Expect(HttpStatusCode.OK);
        (await server.Operator.PostAsync($"{Replays}/plugins/{name}/enable")).Expect(HttpStatusCode.OK);
        string id = (string)(await TickAsync(name))["executionId"]!;
        foreach (string list in new[] { Jobs, Jobs + "/history", Replays, $"{Replays}?plugin={name}" })
        {
            Assert.NotEmpty((await server.Operator.GetAsync(list)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray());
            Assert.Empty((await server.OtherTenant.GetAsync(list)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray());
        }

        (await server.OtherTenant.PostAsync($"{Replays}/{id}/run")).Refused(HttpStatusCode.NotFound, "REPLAY_NOT_FOUND");
        (await server.OtherTenant.PostAsync($"{Replays}/plugins/{name}/disable?purge=true")).Refused(HttpStatusCode.NotFound, "PLUGIN_NOT_FOUND");
        (await server.Operator.PostAsync($"{Replays}/{id}/run")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Replay_OfAPackageByItsName_ComesToTheSameEnd()
    {
        string name = await InstallAsync();
        var consent = (await server.Operator.PostAsync($"{Replays}/plugins/{name}/enable", new { hours = 1 })).Expect(HttpStatusCode.OK).Json;
        var called = await TickAsync(name);
        var recording = Assert.Single((await server.Operator.GetAsync($"{Replays}?plugin={name}")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray())!;
        Assert.Equal(((string?)called["executionId"], (string?)consent["pluginId"], "completed"), ((string?)recording["id"], (string?)recording["pluginId"], (string?)recording["status"]));

        var replay = (await server.Operator.PostAsync($"{Replays}/{recording["id"]}/run")).Expect(HttpStatusCode.OK).Json;
        Assert.Null(replay["divergence"]);
        Assert.Equal(called["result"]!.ToJsonString(), replay["replayed"]!["result"]!.ToJsonString());
        Assert.Equal(called["result"]!.ToJsonString(), replay["recorded"]!["result"]!.ToJsonString());

        Assert.Equal(1, (int)(await server.Operator.PostAsync($"{Replays}/plugins/{name}/disable?purge=true")).Expect(HttpStatusCode.OK).Json["removed"]!);
        (await server.Operator.PostAsync($"{Replays}/{recording["id"]}/run")).Refused(HttpStatusCode.NotFound, "REPLAY_NOT_FOUND");
        await TickAsync(name);
        Assert.Empty((await server.Operator.GetAsync($"{Replays}?plugin={name}")).Json["items"]!.AsArray());
    }

    [Fact]
    public void Replay_ThatWentAnotherWay_SaysWhere()
    {
        var recording = new ReplayRecord("exe_1", "plg_1", "d", "ann", DateTimeOffset.UnixEpoch, CallStatus.Completed, 1);
        var result = new CallResult { Status = CallStatus.Completed, Value = "1"u8.ToArray() };
        var answer = ReplayResponse.From(new ReplayOutcome(recording, result, result with { Value = "2"u8.ToArray() }, new ReplayDivergence("result", "It differs.")));
        Assert.Equal(new DivergenceResponse("REPLAY_DIVERGED", "result", "It differs."), answer.Divergence);
        Assert.Equal((1, 2), (answer.Recorded.Result!.Value.GetInt32(), answer.Replayed.Result!.Value.GetInt32()));
    }

    [Fact]
    public async Task Replay_OfAPostedPluginByItsId_AndWhatIsMalformed()
    {
        string id = await server.Author.CreateAsync();
        (await server.Operator.PostAsync($"{Replays}/plugins/{id}/enable")).Expect(HttpStatusCode.OK);
        foreach (int hours in new[] { 0, -1, 169, int.MaxValue })
            (await server.Operator.PostAsync($"{Replays}/plugins/{id}/enable", new { hours })).Refused(HttpStatusCode.BadRequest, "EXPIRY_INVALID");
        (await server.Operator.PostAsync($"{Replays}/plugins/{id}/enable", new { days = 1 })).Refused(HttpStatusCode.BadRequest, "FIELD_UNKNOWN");
        (await server.Operator.PostAsync($"{Replays}/plugins/nobody/enable")).Refused(HttpStatusCode.NotFound, "PLUGIN_NOT_FOUND");
        (await server.Operator.PostAsync($"{Replays}/plugins/{id}/disable?purge=maybe")).Refused(HttpStatusCode.BadRequest, "QUERY_INVALID");
        (await server.Operator.PostAsync($"{Replays}/plugins/{id}/disable")).Expect(HttpStatusCode.OK);
    }

    private async Task<System.Text.Json.Nodes.JsonNode> TickAsync(string name) =>
        (await server.Operator.PostAsync($"/api/packages/{name}/call/tick", new { })).Expect(HttpStatusCode.OK).Json;

    private async Task<string> InstallAsync()
    {
        string name = "ticker-" + Guid.NewGuid().ToString("n")[..12];
        byte[] zip = PackageArchive.Zip(
            ("plugin.yaml", $$"""
                apiVersion: paddock/v1
                name: {{name}}
                version: 1.0.0
                runtime: javascript
                entry: main.js
                contributes:
                  jobs: [{ id: nightly, schedule: "30 2 * * *", handler: tick }]
                  exports: [tick]
                """),
            ("main.js", "exports.tick = () => [Date.now(), Math.random()];"));
        string digest = (string)(await server.Author.SendAsync(HttpMethod.Post, "/api/packages", ApiClient.Raw(zip, "application/zip"))).Expect(HttpStatusCode.Created).Json["digest"]!;
        (await server.Operator.PutAsync($"/api/packages/{name}/policy", new { policy = new { status = "approved", capabilities = new[] { "*" } }, reviewedDigest = digest })).Expect(HttpStatusCode.OK);
        return name;
    }
}
