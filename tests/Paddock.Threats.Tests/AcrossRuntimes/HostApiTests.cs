using System.Text;
using System.Text.Json.Nodes;

namespace Paddock.Threats.Tests.AcrossRuntimes;

/// <summary>One list of what the host does × every runtime: real policy, store, audit, sandbox. The same host call has the same answer, and the same code, wherever it comes from.</summary>
public abstract class HostApiTests<TRuntimes>(TRuntimes runtimes, ITestOutputHelper output) where TRuntimes : IHostRuntimes
{
    private const string AtOnce = "at once", Uncaught = "uncaught", Logs = "logs", Depth = "depth", Codes = "codes";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

#pragma warning disable CA1000 // Theories take their data from static members.
    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach (var subject in TRuntimes.All)
        {
            foreach (var behaviour in HostBehaviour.All.Where(b => Runs(subject, b))) cells.Add(subject.Name, behaviour.Name);
        }

        return cells;
    }

    public static TheoryData<string> Of(string gap) => [.. TRuntimes.All.Where(s => !s.Gaps.ContainsKey(gap)).Select(s => s.Name)];
#pragma warning restore CA1000

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task HostCall_IsAnsweredAsListed(string runtime, string name)
    {
        var (host, subject, _) = await ServeAsync(runtime);
        foreach (var step in HostBehaviour.All.Single(b => b.Name == name).Steps)
        {
            var (function, input) = subject.Ask(step.Function, host.Fill(step.Arguments, subject));
            var (value, code) = subject.Learnt(await host.Host.CallAsync(subject.Name, function, input));
            Assert.Equal(step.Code, code);
            if (step.Value is ['*', .. var part, '*']) Assert.Contains(part, value, StringComparison.Ordinal);
            else if (step.Value is { } expected) Assert.True(JsonNode.DeepEquals(JsonNode.Parse(host.Fill(expected, subject)), JsonNode.Parse(value!)), value);
            Assert.DoesNotContain("canary", value ?? "", StringComparison.Ordinal);
        }

        if (name == "http: secret") Assert.Contains(host.Server.Requests, r => r.Contains("Bearer canary-secret", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Of), Uncaught)]
    public async Task Denied_NotCaught_IsTheCodeThatTheCallEndsWith(string runtime)
    {
        var (host, subject, _) = await ServeAsync(runtime);
        foreach (var (function, arguments, code) in ((string, string, string)[])[
            ("kv.get", """{"key":"other:a"}""", ErrorCodes.PermissionDenied), ("kv.get", "{}", ErrorCodes.InvalidArgument), ("plugin.call", """{"plugin":"callers","function":"x"}""", ServiceErrorCodes.PluginNotFound)])
        {
            var (called, input) = subject.Let(function, arguments);
            var result = await CallAsync(host, subject, new NamedCall { Function = called, Input = Encoding.UTF8.GetBytes(input) }, Ct);
            Assert.Equal((CallStatus.GuestFault, code), (result.Status, result.Error?.Code));
            Assert.DoesNotContain(code, result.Error!.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Of), Codes)]
    public async Task Audit_NamesThePluginAndWhoCalled_AndIsThereBeforeTheEffect(string runtime)
    {
        var (host, subject, id) = await ServeAsync(runtime);
        IReadOnlyList<AuditRecord> before = [];
        host.Server.Meanwhile = async request =>
        {
            if (request.Contains($"/audited/{runtime} ", StringComparison.Ordinal)) before = await AuditAsync(host, id);
        };
        await AskAsync(host, subject, "http.request", $$"""{"url":"{{host.Server.Address}}/audited/{{runtime}}"}""");
        await AskAsync(host, subject, "kv.set", """{"key":"mine:audited","value":1}""");
        await AskAsync(host, subject, "kv.set", """{"key":"other:audited","value":1}""");
        host.Server.Meanwhile = _ => Task.CompletedTask;
        Assert.Contains(before, r => r is { Action: "http.request", Allowed: true } && r.Target!.EndsWith($"/audited/{runtime}", StringComparison.Ordinal));
        var after = await AuditAsync(host, id);
        Assert.Contains(after, r => r is { Action: "kv.set", Target: "mine:audited", Allowed: true, Code: null });
        Assert.Contains(after, r => r is { Action: "kv.set", Target: "other:audited", Allowed: false, Code: ErrorCodes.PermissionDenied });
        Assert.All(after.Where(r => r.Action is "kv.set" or "http.request"), r => Assert.Equal((id, WholeHost.Operator.Owner), (r.PluginId, r.Actor)));
    }

    [Theory]
    [MemberData(nameof(Of), AtOnce)]
    public async Task HostCalls_AtOnce_AreEachAnsweredWithTheirOwn(string runtime)
    {
        var (host, subject, _) = await ServeAsync(runtime);
        const int many = 50;
        for (int i = 0; i < many; i++) await AskAsync(host, subject, "kv.set", $$"""{"key":"mine:{{i}}","value":{{i}}}""");
        string calls = string.Join(',', Enumerable.Range(0, many).Select(i => $$"""{"name":"kv.get","args":{"key":"mine:{{i}}"} }"""));
        Assert.Equal($"[{string.Join(',', Enumerable.Range(0, many))}]", await host.Host.CallAsync(subject.Name, "all", $$"""{"calls":[{{calls}}]}"""));
    }

    [Theory]
    [MemberData(nameof(Of), Codes)]
    public async Task Cancelled_WhileAHostCallIsUnderWay_EndsBoth_AndThePluginGoesOn(string runtime)
    {
        var (host, subject, _) = await ServeAsync(runtime);
        var visit = host.Server.Of(runtime);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var (function, input) = subject.Ask("http.request", $$"""{"url":"{{host.Server.Address}}/never/{{runtime}}"}""");
        var call = CallAsync(host, subject, new NamedCall { Function = function, Input = Encoding.UTF8.GetBytes(input) }, cancel.Token);
        await Task.WhenAny(visit.Came.Task, call).WaitAsync(Ct);
        Assert.True(visit.Came.Task.IsCompleted, call.IsCompleted ? (await call).Error?.Message : "");
        await cancel.CancelAsync();
        Assert.Equal((CallStatus.Cancelled, ErrorCodes.Cancelled), await EndOfAsync(call));
        await visit.GivenUp.Task.WaitAsync(Ct);
        Assert.Equal("null", (await AskAsync(host, subject, "kv.get", """{"key":"mine:none"}""")).Value);
    }

    [Theory]
    [MemberData(nameof(Of), Codes)]
    public async Task Time_OverWhileAHostCallIsUnderWay_IsTheTimeLimit(string runtime)
    {
        var (host, subject, _) = await ServeAsync(runtime);
        var visit = host.Server.Of(runtime + "-late");

        // There is a process before the time begins to run: starting one may take as long on a busy machine.
        await AskAsync(host, subject, "kv.get", """{"key":"mine:none"}""");
        var (function, input) = subject.Ask("http.request", $$"""{"url":"{{host.Server.Address}}/never/{{runtime}}-late"}""");
        var call = CallAsync(host, subject, new NamedCall { Function = function, Input = Encoding.UTF8.GetBytes(input), Timeout = TimeSpan.FromSeconds(3) }, Ct);
        Assert.Equal((CallStatus.LimitExceeded, ErrorCodes.TimeLimit), await EndOfAsync(call));
        Assert.True(visit.Came.Task.IsCompleted);
        await visit.GivenUp.Task.WaitAsync(Ct);
    }

    [Theory]
    [MemberData(nameof(Of), Depth)]
    public async Task Chain_OfMoreThanTenPlugins_IsRefusedAtItsEnd(string runtime)
    {
        var (host, subject, _) = await ServeAsync(runtime);
        // Asks itself, which asks itself …: each link hands on what the next one is to do.
        string Nested(int left) => left == 0 ? """{"name":"kv.get","args":{"key":"mine:none"}}""" : $$"""{"name":"plugin.call","args":{"plugin":"{{subject.Name}}","function":"{{Link(subject)}}","args":{{Nested(left - 1)}} } }""";
        Assert.Equal("null", await host.Host.CallAsync(subject.Name, Link(subject), Nested(10)));
        var refused = await CallAsync(host, subject, new NamedCall { Function = Link(subject), Input = Encoding.UTF8.GetBytes(Nested(11)) }, Ct);
        Assert.Equal((CallStatus.GuestFault, ErrorCodes.CallDepthLimit), (refused.Status, refused.Error?.Code));
    }

    [Theory]
    [MemberData(nameof(Of), Logs)]
    public async Task Log_OfACall_IsInItsResult(string runtime)
    {
        var (host, subject, _) = await ServeAsync(runtime);
        var result = await CallAsync(host, subject, new NamedCall { Function = "say" }, Ct);
        Assert.Equal((LogSeverity.Warn, "hello"), Assert.Single(result.Logs) is var log ? (log.Severity, log.Message) : default);
    }

    [Fact]
    public void Matrix_EveryCell_IsTestedOrANamedGap()
    {
        output.WriteLine($"{"",-26}{string.Concat(TRuntimes.All.Select(s => $"{s.Name,-18}"))}");
        foreach (var behaviour in HostBehaviour.All) output.WriteLine($"{behaviour.Name,-26}{string.Concat(TRuntimes.All.Select(s => $"{(Runs(s, behaviour) ? behaviour.Steps[^1].Code ?? "ok" : "gap"),-18}"))}");
        foreach (string more in (string[])[Uncaught, AtOnce, Logs, Depth]) output.WriteLine($"{more,-26}{string.Concat(TRuntimes.All.Select(s => $"{(s.Gaps.ContainsKey(more) ? "gap" : "ok"),-18}"))}");
        foreach (var subject in TRuntimes.All)
        {
            foreach (var (behaviour, reason) in subject.Gaps) output.WriteLine($"gap: {subject.Name}: {behaviour}: {reason}");
        }

        Assert.All(TRuntimes.All, s => Assert.True(Cells().Count(c => c.Data.Item1 == s.Name) > 5, s.Name));
    }

    private static bool Runs(HostSubject subject, HostBehaviour behaviour) => !subject.Gaps.ContainsKey(Codes) || behaviour.Steps.All(s => s.Code is null);

    private static string Link(HostSubject subject) => subject.Let("", "null").Function;

    private async Task<(SharedHost Host, HostSubject Subject, string Id)> ServeAsync(string runtime)
    {
        var subject = TRuntimes.All.Single(s => s.Name == runtime);
        var host = await runtimes.HostAsync();
        return (host, subject, await host.ServeAsync(subject));
    }

    private static async Task<(string? Value, string? Code)> AskAsync(SharedHost host, HostSubject subject, string function, string arguments)
    {
        var (called, input) = subject.Ask(function, arguments);
        return subject.Learnt(await host.Host.CallAsync(subject.Name, called, input));
    }

    private static async Task<CallResult> CallAsync(SharedHost host, HostSubject subject, NamedCall call, CancellationToken cancellationToken) =>
        (await host.Host.Get<IPluginCalls>().CallAsync(WholeHost.Operator, subject.Name, call, cancellationToken)).Value.Result;

    private static async Task<(CallStatus, string?)> EndOfAsync(Task<CallResult> call) => await call is var result ? (result.Status, result.Error?.Code) : default;

    private static async Task<IReadOnlyList<AuditRecord>> AuditAsync(SharedHost host, string id) => (await host.Host.Get<IAuditLog>().ListAsync(WholeHost.Operator, id, limit: 200, cancellationToken: CancellationToken.None)).Value;
}

/// <summary>The runtimes of a project, on one host.</summary>
public interface IHostRuntimes
{
    /// <summary>All of them.</summary>
    static abstract IReadOnlyList<HostSubject> All { get; }

    /// <summary>The host, or a skip.</summary>
    Task<SharedHost> HostAsync();
}
