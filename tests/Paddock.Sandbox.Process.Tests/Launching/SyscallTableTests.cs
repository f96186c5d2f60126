using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process.Tests;

public sealed class SyscallTableTests
{
    private const uint Allow = 0x7FFF0000, NotPermitted = 0x50001, NoSuchCall = 0x50026, NoFamily = 0x50061, Kill = 0x80000000;
    private const uint X64 = 0xC000003E, Arm64 = 0xC00000B7, I386 = 0x40000003;

    public static TheoryData<SyscallProfile, Architecture> All
    {
        get
        {
            var all = new TheoryData<SyscallProfile, Architecture>();
            foreach (var profile in Enum.GetValues<SyscallProfile>())
            {
                all.Add(profile, Architecture.X64);
                all.Add(profile, Architecture.Arm64);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Filter_AnswersEachCallAsTheTableSays(SyscallProfile profile, Architecture architecture)
    {
        var rules = SyscallRules.For(profile, architecture);
        byte[] program = SeccompFilter.Assemble(rules, architecture);
        uint audited = architecture == Architecture.X64 ? X64 : Arm64;

        for (uint number = 0; number < 600; number++)
        {
            var rule = rules.Calls.SingleOrDefault(rule => rule.Number == number);
            uint expected = rule switch
            {
                { Always: true } => Allow,
                { Answer: { } answer } => 0x50000u | (uint)answer,
                _ => number > rules.Newest ? NoSuchCall : NotPermitted,
            };

            // An argument that no condition names.
            Assert.Equal(expected, Decide(program, number, audited, 0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFE));
            foreach (var condition in rule?.When ?? [])
            {
                uint[] arguments = [0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFE];
                arguments[condition.Argument] = condition.Value;
                Assert.Equal(Allow, Decide(program, number, audited, arguments));
            }
        }

        Assert.Equal(Kill, Decide(program, 1, I386));
        Assert.Equal(Kill, Decide(program, 0x40000001, audited));
    }

    [Theory]
    [InlineData(Architecture.X64, 41, 56, 435)]
    [InlineData(Architecture.Arm64, 198, 220, 435)]
    public void Table_KnowsTheCallsThatMatter(Architecture architecture, uint socket, uint clone, uint clone3)
    {
        uint audited = architecture == Architecture.X64 ? X64 : Arm64;
        byte[] python = SeccompFilter.Assemble(SyscallRules.For(SyscallProfile.Python, architecture), architecture);
        byte[] node = SeccompFilter.Assemble(SyscallRules.For(SyscallProfile.Node, architecture), architecture);

        Assert.Equal(NoFamily, Decide(python, socket, audited, 1));
        Assert.Equal(Allow, Decide(node, socket, audited, 1));
        foreach (uint family in new uint[] { 2, 10, 16, 17, 38, 40 }) Assert.Equal(NoFamily, Decide(node, socket, audited, family));
        Assert.Equal(Allow, Decide(python, clone, audited, 0x003D0F00));
        foreach (uint flag in new uint[] { 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000 }) Assert.Equal(NotPermitted, Decide(python, clone, audited, flag | 17));
        Assert.Equal(NoSuchCall, Decide(python, clone3, audited));
    }

    [Fact]
    public void Table_GivesEachGroupAReason()
    {
        using var text = new StreamReader(typeof(SyscallRules).Assembly.GetManifestResourceStream("Paddock.Sandbox.Process.syscalls.txt")!);
        string[] headings = [.. text.ReadToEnd().Split('\n').Where(line => line.StartsWith('['))];

        Assert.NotEmpty(headings);
        Assert.All(headings, heading => Assert.Matches(@"^\[[A-Za-z ]+\] .{10,}\.$", heading));
    }

    [Fact]
    public void For_AnotherArchitecture_Refuses() =>
        Assert.Throws<PlatformNotSupportedException>(() => SyscallRules.For(SyscallProfile.Base, Architecture.RiscV64));

    [Theory]
    [InlineData("read 0 63 arg0")]
    [InlineData("read 0 63 arg0 > 1")]
    public void Read_ConditionThatIsNone_Throws(string line) =>
        Assert.Throws<FormatException>(() => SyscallRules.Read("[Base] Reason.\n" + line, SyscallProfile.Base, Architecture.X64));

    /// <summary>Runs the program as the kernel does (seccomp(2), struct seccomp_data).</summary>
    private static uint Decide(byte[] program, uint number, uint architecture, params uint[] arguments)
    {
        uint accumulator = 0;
        for (int at = 0; ; at++)
        {
            var instruction = program.AsSpan(at * 8, 8);
            uint operand = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(instruction))
            {
                case 0x20: accumulator = operand switch { 0 => number, 4 => architecture, _ => arguments.ElementAtOrDefault((int)(operand - 16) / 8) }; break;
                case 0x54: accumulator &= operand; break;
                case 0x15: at += instruction[accumulator == operand ? 2 : 3]; break;
                case 0x25: at += instruction[accumulator > operand ? 2 : 3]; break;
                case 0x35: at += instruction[accumulator >= operand ? 2 : 3]; break;
                case 0x06: return operand;
                default: throw new InvalidOperationException($"Instruction {at} is none that the assembler makes.");
            }
        }
    }
}
