using static Paddock.Wasm.Tests.ModuleBytes;

namespace Paddock.Wasm.Tests.Runtime;

/// <summary>Instances that meet in a table only: no function of one is an import of the other.</summary>
public sealed class SharedTableTests
{
    private static readonly byte[] s_callFirst = [0x41, 0, 0x11, 0, 0];

    [Fact]
    public void Call_FunctionPlacedAfterLinking_Returns()
    {
        using var owner = Instantiate(Owner([0x41, 1]), new Imports());
        using var guest = Instantiate(Guest([0x41, 7]), new Imports().Add("owner", owner));
        Assert.Equal(7, owner.GetFunction("call").Call().AsI32());
    }

    [Fact(Timeout = 60_000)]
    public async Task Interrupt_LoopInFunctionPlacedAfterLinking_Stops()
    {
        using var owner = Instantiate(Owner([0x41, 1]), new Imports());
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var enter = Function.FromHost(new FuncType([], [ValueType.I32]), (_, _) => entered.SetResult());
        using var guest = Instantiate(Guest([0x10, 0, 0x1A, 0x03, Empty, 0x0C, 0, 0x0B, 0x41, 7]), new Imports().Add("owner", owner).Add("host", "f", enter));

        var call = Task.Factory.StartNew(
            () => Record.Exception(() => owner.GetFunction("call").Call()), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAny(entered.Task, call);
        owner.Interrupt();
        Assert.Equal(TrapCode.Interrupted, Assert.IsType<TrapException>(await call).Code);
    }

    /// <summary>Both run when they are found to belong together: neither's return may end the other's run.</summary>
    [Fact]
    public void Call_GroupsMeetWhileBothRun_OuterOneGoesOn()
    {
        Instance? guest = null;
        var reenter = Function.FromHost(new FuncType([], [ValueType.I32]), (_, results) => results[0] = guest!.GetFunction("call").Call());
        // call: what the host returns, plus 1 from a function of its own, which needs its stack limit.
        using var owner = Instantiate(Owner([0x41, 1]), new Imports().Add("host", "f", reenter));
        using (guest = Instantiate(Guest(null), new Imports().Add("owner", owner)))
        {
            Assert.Equal(2, owner.GetFunction("run").Call().AsI32());
            Assert.Equal(1, owner.GetFunction("own").Call().AsI32());
        }
    }

    /// <summary>Exports a table of one element and functions: call (of the table's element), own (whose body is given) and run (host.f plus own).</summary>
    private static byte[] Owner(byte[] own) => Module(
        Vector(TypeSection, Type([], [I32])),
        Vector(ImportSection, [.. Name("host"), .. Name("f"), 0, 0]),
        Vector(FunctionSection, [0], [0], [0]),
        Vector(TableSection, [FuncRef, 0, 1]),
        Vector(ExportSection, [.. Name("table"), 1, 0], [.. Name("call"), 0, 1], [.. Name("own"), 0, 2], [.. Name("run"), 0, 3]),
        Vector(ElementSection, [0, 0x41, 0, 0x0B, 1, 2]),
        Vector(CodeSection, Body([0], s_callFirst), Body([0], own), Body([0], 0x10, 0, 0x10, 2, 0x6A)));

    /// <summary>Imports the table, places a function with the given body in it, if any, and exports one that calls what is there.</summary>
    private static byte[] Guest(byte[]? placed) => Module(
        Vector(TypeSection, Type([], [I32])),
        Vector(ImportSection, [.. Name("host"), .. Name("f"), 0, 0], [.. Name("owner"), .. Name("table"), 1, FuncRef, 0, 1]),
        Vector(FunctionSection, [0], [0]),
        Vector(ExportSection, [.. Name("call"), 0, 1]),
        placed is null ? Vector(ElementSection) : Vector(ElementSection, [0, 0x41, 0, 0x0B, 1, 2]),
        Vector(CodeSection, Body([0], s_callFirst), Body([0], placed ?? [0x41, 0])));

    private static Instance Instantiate(byte[] bytes, Imports imports)
    {
        if (!HasHost(imports)) imports.Add("host", "f", Function.FromHost(new FuncType([], [ValueType.I32]), (_, results) => results[0] = 0));
        return ModuleCompiler.Compile(ModuleValidator.Validate(ModuleDecoder.Decode(bytes)), TestContext.Current.CancellationToken).Instantiate(imports);
    }

    private static bool HasHost(Imports imports) => imports.Find("host", "f") is not null;
}
