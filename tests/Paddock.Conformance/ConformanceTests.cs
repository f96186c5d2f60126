using System.Text;
using Xunit;

namespace Paddock.Conformance;

/// <summary>One list of behaviours × every runtime. A project of a sandbox inherits it with the runtimes it has.</summary>
public abstract class ConformanceTests<TSubjects>(ITestOutputHelper output) where TSubjects : ISubjects
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach (var subject in TSubjects.All)
        {
            foreach (var behaviour in Behaviour.All.Where(b => subject.Functions.ContainsKey(b.Name))) cells.Add(subject.Name, behaviour.Name);
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Runtime_Behaviour_IsAsListed(string runtime, string name)
    {
        var subject = TSubjects.All.Single(s => s.Name == runtime);
        var behaviour = Behaviour.All.Single(b => b.Name == name);
        await using var sandbox = await CreateAsync(subject.SpecFor(behaviour), behaviour, Stop);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        if (behaviour.CancelAfter is { } after) cancel.CancelAfter(after);
        CallResult? result = null;
        for (var i = 0; i < behaviour.Times; i++) result = await sandbox.CallAsync(subject.Call(behaviour), RefusingHostChannel.Instance, cancel.Token);
        Assert.True(behaviour.Code == result!.Error?.Code, $"{result.Error?.Code}: {result.Error?.Message} {string.Join('\n', result.Logs.Take(5).Select(l => l.Message))}");
        if (behaviour.Value is { } value) Assert.Equal(value, Encoding.UTF8.GetString(result.Value.Span).TrimEnd());
        if (behaviour.Log is { } line) Assert.Equal(line, Assert.Single(result.Logs).Message.Trim('"'));
        if (behaviour.HostCalls is { } calls) Assert.Equal(calls, result.HostCalls);
    }

    [Fact]
    public void Matrix_EveryCell_IsTestedOrANamedGap()
    {
        output.WriteLine($"{"",-28}{string.Concat(TSubjects.All.Select(s => $"{s.Name,-26}"))}");
        foreach (var behaviour in Behaviour.All)
        {
            output.WriteLine($"{behaviour.Name,-28}{string.Concat(TSubjects.All.Select(s => $"{Cell(s, behaviour),-26}"))}");
            foreach (var subject in TSubjects.All) Assert.True(subject.Functions.ContainsKey(behaviour.Name) != subject.Gaps.ContainsKey(behaviour.Name), $"{subject.Name}: {behaviour.Name}");
        }

        foreach (var subject in TSubjects.All)
        {
            foreach (var (behaviour, reason) in subject.Gaps) output.WriteLine($"gap: {subject.Name}: {behaviour}: {reason}");
        }
    }

    /// <summary>Loads a plugin on the project's runtime for it.</summary>
    protected abstract ValueTask<ISandbox> CreateAsync(SandboxSpec spec, Behaviour behaviour, CancellationToken cancellationToken);

    private static string Cell(Subject subject, Behaviour behaviour) => subject.Functions.ContainsKey(behaviour.Name) ? behaviour.Code ?? "ok" : "gap";
}
