namespace Paddock.Wasm.Tests.Binary;

/// <summary>Whatever is done to a module, the answer is a module or a <see cref="WasmException"/>.</summary>
public sealed class HostileBytesTests
{
    [Fact]
    public void Decode_EveryPrefix_IsRefusedUnlessSectionsEndThere()
    {
        var whole = ModuleBytes.Everything();
        for (var length = 0; length < whole.Length; length++)
        {
            var accepted = Accept(whole.AsMemory(0, length)) is not null;
            Assert.False(accepted && !SectionEnds(whole).Contains(length), $"{length} bytes");
        }
    }

    [Fact]
    public void Validate_RandomByteFlips_GiveAModuleOrARefusal()
    {
        var random = new Random(20);
        var whole = ModuleBytes.Everything();
        Assert.NotNull(Accept(whole));
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = whole.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(8, bytes.Length)] ^= (byte)random.Next(1, 256);
            Accept(bytes);
        }
    }

    /// <summary>What the validator lets through the compiler must compile, to code that the JIT accepts.</summary>
    [Fact]
    public void Compile_RandomOpcodes_FollowsTheValidator()
    {
        var random = new Random(8);
        var compiled = 0;
        for (var round = 0; round < 30_000; round++)
        {
            var code = Enumerable.Range(0, random.Next(1, 12)).SelectMany(_ => RandomInstruction(random)).ToArray();
            if (Accept(ModuleBytes.FunctionWithState([ModuleBytes.I32, ModuleBytes.F64], [], code)) is not { } module) continue;
            ModuleCompiler.Compile(module, TestContext.Current.CancellationToken).Prepare(TestContext.Current.CancellationToken);
            compiled++;
        }

        Assert.True(compiled > 100, $"{compiled} were valid");
    }

    private static byte[] RandomInstruction(Random random) => random.Next(8) switch
    {
        0 => [0x20, (byte)random.Next(2)],
        1 => [0x41, (byte)random.Next(64)],
        2 => [0x00],
        3 => [0x1A],
        4 => [(byte)random.Next(0x45, 0xC5)],
        5 => [(byte)random.Next(0x28, 0x3F), 0, 0],
        6 => [0x0C, 0],
        _ => [(byte)random.Next(256), (byte)random.Next(3)],
    };

    private static ValidatedModule? Accept(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return ModuleValidator.Validate(ModuleDecoder.Decode(bytes));
        }
        catch (WasmException)
        {
            return null;
        }
    }

    private static HashSet<int> SectionEnds(byte[] whole)
    {
        var ends = new HashSet<int> { 8 };
        var reader = new InstructionReader(whole, 8, whole.Length);
        while (!reader.AtEnd)
        {
            reader.ReadByte();
            reader.ReadBytes(reader.ReadU32());
            ends.Add(reader.Position);
        }

        return ends;
    }
}
