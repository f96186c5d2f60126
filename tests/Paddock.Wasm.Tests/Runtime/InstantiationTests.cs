namespace Paddock.Wasm.Tests.Runtime;

/// <summary>Starts that fail, or that are stopped.</summary>
public sealed class InstantiationTests
{
    private static readonly byte[] Unreachable = [0x00], Endless = [0x03, ModuleBytes.Empty, 0x0C, 0, 0x0B];

    [Fact]
    public void Instantiate_StartTraps_ReleasesTheMemory()
    {
        LinearMemory? memory = null;
        Assert.Throws<TrapException>(() => Starting(Unreachable, i => memory = i.GetMemory("memory")));
        Assert.True(memory!.IsDisposed);
    }

    [Fact]
    public void Instantiate_StartNeverEnds_IsInterrupted()
    {
        var e = Assert.Throws<TrapException>(() => Starting(Endless, i => ThreadPool.QueueUserWorkItem(_ => i.Interrupt())));
        Assert.Equal(TrapCode.Interrupted, e.Code);
    }

    [Fact]
    public void Instantiate_StartEnds_KeepsTheMemory()
    {
        using var instance = Starting([], _ => { });
        Assert.False(instance.GetMemory("memory").IsDisposed);
    }

    private static Instance Starting(byte[] code, Action<Instance> created) => ModuleCompiler.Compile(
        ModuleValidator.Validate(ModuleDecoder.Decode(ModuleBytes.Module(
            ModuleBytes.Vector(ModuleBytes.TypeSection, ModuleBytes.Type([], [])),
            ModuleBytes.Vector(ModuleBytes.FunctionSection, [0]),
            ModuleBytes.Vector(ModuleBytes.MemorySection, [0, 1]),
            ModuleBytes.Vector(ModuleBytes.ExportSection, [.. ModuleBytes.Name("memory"), 2, 0]),
            ModuleBytes.Section(ModuleBytes.StartSection, 0),
            ModuleBytes.Vector(ModuleBytes.CodeSection, ModuleBytes.Body([0], code))))),
        TestContext.Current.CancellationToken).Instantiate(new Imports(), null, created);
}
