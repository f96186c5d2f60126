using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Text;
using System.Text.Json;
using Paddock.HostApi.Http;
using Paddock.HostApi.Secrets;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>A secret that the host sends for a plugin, which nobody but the granted host may ever see.</summary>
public sealed class SecretThreats : ISecretStore
{
    private const string Secret = "canary+/\"7f3&9-token~";

    private readonly Dictionary<string, string> _secrets = new() { ["api"] = Secret };

    public ValueTask<string?> GetAsync(string tenant, string pluginId, string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(tenant == Principal.DefaultTenant && pluginId == "id-stats" ? _secrets.GetValueOrDefault(name) : null);

    private EffectDoor Door(params string[] scope) =>
        new EffectDoor(new HttpFunctionGroup(this, new HttpFunctionOptions(), new TestConnector().Name("api.example.com", "127.0.0.1").Name("www.example.com", "127.0.0.1")))
            .Grant(PermissionType.Http, Access.Execute, scope);

    private static object Payload(int port, string path = "/", string format = "Bearer {}", string host = "api.example.com") => new
    {
        url = $"http://{host}:{port}{path}",
        headers = new Dictionary<string, object> { ["Authorization"] = new { secret = "api", format } },
    };

    [Fact]
    public async Task T70_EchoedInEveryForm_IsInNoAnswerAuditFaultOrTrace()
    {
        using var listening = new Listening();
        var says = "";
        await using var canary = new Canary(r =>
        {
            var value = r.Split("Authorization: ")[1].Split("\r\n")[0]["Bearer ".Length..];
            var bytes = Encoding.ASCII.GetBytes(value);
            string[] forms =
            [
                value, Uri.EscapeDataString(value), JsonSerializer.Serialize(value), System.Net.WebUtility.HtmlEncode(value), Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes),
                Convert.ToBase64String(bytes), Convert.ToBase64String(Encoding.ASCII.GetBytes("u:" + value)), Convert.ToBase64String(Encoding.ASCII.GetBytes("Bearer " + value + "!")),
                Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_').TrimEnd('='),
            ];
            says = Canary.Ok(string.Join("\n", forms) + "\u00FF" + value, $"X-Echo: {value}\r\nX-Token: {Convert.ToBase64String(bytes)}\r\n");
            return says;
        });
        var door = Door($"http://api.example.com:{canary.Port}");
        var reply = await door.Call("http.request", Payload(canary.Port));
        Assert.Null(reply.Error);

        // The control: it was sent, and the answer is full of it before the host looks at it.
        Assert.Contains($"Authorization: Bearer {Secret}\r\n", Assert.Single(canary.Requests), StringComparison.Ordinal);
        Assert.Contains(Secret, says, StringComparison.Ordinal);

        var answer = EffectDoor.Value(reply);
        var body = Encoding.Latin1.GetString(answer.GetProperty("body").GetBytesFromBase64());
        foreach (var text in new[] { body, answer.GetProperty("headers").GetRawText(), door.AuditText(), string.Join('\n', door.Faults), listening.Text() })
            AssertClean(text);
        Assert.Equal("[secret]", answer.GetProperty("headers").GetProperty("x-echo").GetString());
    }

    [Fact]
    public async Task T70_FailuresOfEveryKind_DoNotTellIt()
    {
        await using var canary = new Canary(r => r.StartsWith("GET /broken", StringComparison.Ordinal) ? $"HTTP/1.1 {r.Split("Bearer ")[1]}" : Canary.Redirect("http://" + Secret));
        var door = Door($"http://api.example.com:{canary.Port}");
        foreach (var (path, secret) in new[] { ("/broken", Secret), ("/redirect", Secret), ("/", Secret + "\r\nX-Injected: 1"), ("/", Secret + "é"), ("/", "") })
        {
            _secrets["api"] = secret;
            var reply = await door.Call("http.request", Payload(canary.Port, path));
            AssertClean(reply.Error + Encoding.UTF8.GetString(reply.Value.Span));
        }

        AssertClean(door.AuditText() + string.Join('\n', door.Faults));
        Assert.DoesNotContain(canary.Requests, r => r.Contains("X-Injected", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("*:PORT")]
    [InlineData("api.example.com:PORT")]
    [InlineData("*.example.com:PORT")]
    [InlineData("http://*:PORT")]
    public async Task T70_HostThatNoGrantNames_OrInTheClear_IsNotSentIt(string scope)
    {
        await using var canary = new Canary(_ => Canary.Ok(""));
        var door = Door(scope.Replace("PORT", $"{canary.Port}", StringComparison.Ordinal));
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("http.request", Payload(canary.Port)));
        Assert.Empty(canary.Requests);

        // Control: named, and said to go in the clear.
        door.Grant(PermissionType.Http, Access.Execute, $"http://api.example.com:{canary.Port}");
        Assert.Null(await door.Code("http.request", Payload(canary.Port)));
        Assert.Contains(Secret, Assert.Single(canary.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/end")]
    [InlineData("http://www.example.com:PORT/end")]
    public async Task T70_Redirect_LeavesItBehind(string location)
    {
        Canary canary = null!;
        canary = new Canary(r => r.StartsWith("GET /end", StringComparison.Ordinal) ? Canary.Ok("end") : Canary.Redirect(location.Replace("PORT", $"{canary.Port}", StringComparison.Ordinal), 307));
        await using var _ = canary;
        Assert.Equal("end", (await Door($"http://api.example.com:{canary.Port}", $"http://www.example.com:{canary.Port}").Value("http.request", Payload(canary.Port))).GetProperty("body").GetString());
        Assert.Contains(Secret, canary.Requests.First(), StringComparison.Ordinal);
        AssertClean(canary.Requests.Last());
    }

    [Fact]
    public async Task T70_AnotherPluginsSecret_DoesNotExist()
    {
        await using var canary = new Canary(_ => Canary.Ok(""));
        var door = Door();
        door.GrantTo("other", PermissionType.Http, Access.Execute, $"http://api.example.com:{canary.Port}");
        Assert.Equal(ErrorCodes.NotFound, (await door.Call(EffectDoor.Scope("other"), "http.request", Payload(canary.Port))).Error?.Code);
        Assert.Empty(canary.Requests);
    }

    private static void AssertClean(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(Secret);
        foreach (var form in new[] { Secret, "canary", Convert.ToHexString(bytes), Convert.ToBase64String(bytes)[..12] })
            Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>All that activities and the network libraries' own event sources say while it lives.</summary>
    private sealed class Listening : EventListener
    {
        private readonly ConcurrentQueue<string> _heard = [];
        private readonly ActivityListener _activities;

        public Listening()
        {
            _activities = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = a => Heard($"{a.DisplayName} {string.Join(' ', a.TagObjects)}"),
            };
            ActivitySource.AddActivityListener(_activities);
        }

        public string Text() => string.Join('\n', _heard);

        public override void Dispose()
        {
            _activities.Dispose();
            base.Dispose();
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name is "System.Net.Http" or "System.Net.NameResolution" or "System.Net.Sockets" or "System.Net.Security") EnableEvents(eventSource, EventLevel.Verbose, EventKeywords.All);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => Heard($"{eventData.EventName} {string.Join(' ', eventData.Payload ?? [])}");

        // The base class calls back before the fields here are set.
        private void Heard(string text) => _heard?.Enqueue(text);
    }
}
