using System.Text;

namespace Paddock.Sandbox.Wasm.Tests.Conformance;

/// <summary>One list of behaviours × every runtime.</summary>
public sealed class ConformanceTests(RuntimeFixture js, WasmFixture wasm, ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach (var subject in Subject.All)
        {
            foreach (var behaviour in Behaviour.All.Where(b => subject.Functions.ContainsKey(b.Name))) cells.Add(subject.Name, behaviour.Name);
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Runtime_Behaviour_IsAsListed(string runtime, string name)
    {
        var subject = Subject.All.Single(s => s.Name == runtime);
        var behaviour = Behaviour.All.Single(b => b.Name == name);
        var spec = subject.Spec() with { Limits = behaviour.Limits, Stateful = behaviour.Stateful };
        await using var sandbox = spec.Runtime == PluginRuntime.JavaScript ? await js.Runtime.CreateAsync(spec, Stop) : await wasm.Runtime.CreateAsync(spec, Stop);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        if (behaviour.CancelAfter is { } after) cancel.CancelAfter(after);
        CallResult? result = null;
        for (var i = 0; i < behaviour.Times; i++) result = await sandbox.CallAsync(subject.Call(behaviour), RefusingHostChannel.Instance, cancel.Token);
        Assert.Equal(behaviour.Code, result!.Error?.Code);
        if (behaviour.Value is { } value) Assert.Equal(value, Encoding.UTF8.GetString(result.Value.Span));
        if (behaviour.Log is { } line) Assert.Equal(line, Assert.Single(result.Logs).Message.Trim('"'));
        if (behaviour.HostCalls is { } calls) Assert.Equal(calls, result.HostCalls);
    }

    [Fact]
    public void Matrix_EveryCell_IsTestedOrANamedGap()
    {
        output.WriteLine($"{"",-28}{string.Concat(Subject.All.Select(s => $"{s.Name,-26}"))}");
        foreach (var behaviour in Behaviour.All)
        {
            output.WriteLine($"{behaviour.Name,-28}{string.Concat(Subject.All.Select(s => $"{Cell(s, behaviour),-26}"))}");
            foreach (var subject in Subject.All) Assert.True(subject.Functions.ContainsKey(behaviour.Name) != subject.Gaps.ContainsKey(behaviour.Name), $"{subject.Name}: {behaviour.Name}");
        }

        foreach (var subject in Subject.All)
        {
            foreach (var (behaviour, reason) in subject.Gaps) output.WriteLine($"gap: {subject.Name}: {behaviour}: {reason}");
        }
    }

    private static string Cell(Subject subject, Behaviour behaviour) => subject.Functions.ContainsKey(behaviour.Name) ? behaviour.Code ?? "ok" : "gap";
}
