namespace Paddock.Tests.Calls;

/// <summary>Who may enter a plugin that keeps its state, and who would wait for itself.</summary>
public sealed class StateGateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_ManyAtOnce_LetsThemInOneAfterAnotherAsTheyCame()
    {
        var gate = new StateGate();
        var waiting = Enumerable.Range(0, 5).Select(_ => gate.EnterAsync(null, Ct)).ToArray();
        for (int i = 0; i < waiting.Length; i++)
        {
            Assert.All(waiting[(i + 1)..], w => Assert.False(w.IsCompleted));
            Assert.NotNull(await waiting[i]);
            gate.Leave();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Enter_ByAChainThatIsInside_IsRefused(int plugins)
    {
        var gates = Gates(plugins);
        StateHold? held = null;
        foreach (var gate in gates) held = await gate.EnterAsync(held, Ct);
        Assert.NotNull(held);
        Assert.All(gates, gate => Assert.Null(gate.EnterAsync(held, Ct).Result));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Enter_ChainsThatWaitForEachOther_LastIsRefusedAndAllEnd(int plugins)
    {
        var gates = Gates(plugins);
        var holds = await Task.WhenAll(gates.Select(gate => gate.EnterAsync(null, Ct)));
        var inner = gates.Select((_, i) => gates[(i + 1) % plugins].EnterAsync(holds[i], Ct)).ToArray();
        Assert.All(inner[..^1], waits => Assert.False(waits.IsCompleted));
        Assert.Null(await inner[^1]);

        // The one that was refused ends, and with it, one after another, those that wait for it.
        for (int i = plugins - 1; i >= 0; i--)
        {
            gates[i].Leave();
            if (i == 0) break;
            Assert.NotNull(await inner[i - 1]);
            gates[i].Leave();
        }

        Assert.All(gates, gate => Assert.NotNull(gate.EnterAsync(null, Ct).Result));
    }

    [Fact]
    public async Task Enter_ByOneThatOthersDoNotWaitFor_Waits()
    {
        StateGate a = new(), b = new();
        var inA = await a.EnterAsync(null, Ct);
        var inB = await b.EnterAsync(null, Ct);
        var fromA = b.EnterAsync(inA, Ct);
        var other = a.EnterAsync(null, Ct);
        Assert.False(fromA.IsCompleted);
        Assert.False(other.IsCompleted);
        b.Leave();
        Assert.NotNull(await fromA);
        a.Leave();
        Assert.NotNull(await other);
        Assert.NotNull(inB);
    }

    [Fact]
    public async Task Enter_Cancelled_IsInNobodysWay()
    {
        StateGate a = new(), b = new();
        var inA = await a.EnterAsync(null, Ct);
        var inB = await b.EnterAsync(null, Ct);
        using var over = new CancellationTokenSource();
        var gone = b.EnterAsync(inA, over.Token);
        over.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);

        // With it waiting, this would be a ring.
        var fromB = a.EnterAsync(inB, Ct);
        Assert.False(fromB.IsCompleted);
        a.Leave();
        Assert.NotNull(await fromB);
        b.Leave();
        Assert.NotNull(await b.EnterAsync(null, Ct));
    }

    private static StateGate[] Gates(int count) => [.. Enumerable.Range(0, count).Select(_ => new StateGate())];
}
