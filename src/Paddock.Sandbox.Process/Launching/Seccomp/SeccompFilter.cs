using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process;

/// <summary>Assembles rules to the classic BPF program that the kernel runs at every system call (seccomp(2)).</summary>
internal sealed class SeccompFilter
{
    private const ushort Load = 0x20, And = 0x54, JumpEqual = 0x15, JumpGreater = 0x25, JumpGreaterOrEqual = 0x35, Return = 0x06;
    private const uint Allow = 0x7FFF0000, Errno = 0x00050000, KillProcess = 0x80000000;
    private const uint NumberOffset = 0, ArchitectureOffset = 4, ArgumentsOffset = 16;
    private const uint NotPermitted = 1, NoSuchCall = 38;

    /// <summary>Calls of the x32 ABI have this bit in their number, under the same architecture.</summary>
    private const uint X32 = 0x40000000;

    private readonly List<(ushort Code, byte True, byte False, uint Operand)> _program = [];

    private SeccompFilter()
    {
    }

    /// <summary>The program's bytes as bubblewrap's <c>--seccomp</c> reads them.</summary>
    internal static byte[] Assemble(SyscallRules rules, Architecture architecture)
    {
        var filter = new SeccompFilter();
        filter.CheckArchitecture(architecture == Architecture.X64 ? 0xC000003E : 0xC00000B7);
        filter.Emit(JumpGreater, (uint)rules.Newest, 0, 1);
        filter.Emit(Return, Errno | NoSuchCall);
        for (var i = 0; i < rules.Calls.Count;)
        {
            int end = i;
            while (IsPlain(rules.Calls[i]) && end + 1 < rules.Calls.Count && IsPlain(rules.Calls[end + 1]) && rules.Calls[end + 1].Number == rules.Calls[end].Number + 1) end++;
            if (IsPlain(rules.Calls[i])) filter.AllowRange(rules.Calls[i].Number, rules.Calls[end].Number);
            else filter.Decide(rules.Calls[i]);
            i = end + 1;
        }

        filter.Emit(Return, Errno | NotPermitted);
        return filter.ToBytes();
    }

    private static bool IsPlain(SyscallRule rule) => rule.Always;

    private void CheckArchitecture(uint audited)
    {
        // SECURITY: the same number is another call in another architecture's table; a program that switches tables is ended.
        Emit(Load, ArchitectureOffset);
        Emit(JumpEqual, audited, 1, 0);
        Emit(Return, KillProcess);
        Emit(Load, NumberOffset);
        Emit(JumpGreaterOrEqual, X32, 0, 1);
        Emit(Return, KillProcess);
    }

    private void AllowRange(int first, int last)
    {
        if (first == last)
        {
            Emit(JumpEqual, (uint)first, 0, 1);
        }
        else
        {
            Emit(JumpGreaterOrEqual, (uint)first, 0, 2);
            Emit(JumpGreater, (uint)last, 1, 0);
        }

        Emit(Return, Allow);
    }

    private void Decide(SyscallRule rule)
    {
        int length = rule.When.Sum(condition => condition.Mask == uint.MaxValue ? 3 : 4) + 1;
        Emit(JumpEqual, (uint)rule.Number, 0, checked((byte)length));
        foreach (var condition in rule.When)
        {
            Emit(Load, ArgumentsOffset + (8 * (uint)condition.Argument));
            if (condition.Mask != uint.MaxValue) Emit(And, condition.Mask);
            Emit(JumpEqual, condition.Value, 0, 1);
            Emit(Return, Allow);
        }

        Emit(Return, Errno | (uint)(rule.Answer ?? (int)NotPermitted));
    }

    private void Emit(ushort code, uint operand, byte ifTrue = 0, byte ifFalse = 0) => _program.Add((code, ifTrue, ifFalse, operand));

    private byte[] ToBytes()
    {
        byte[] bytes = new byte[_program.Count * 8];
        for (var i = 0; i < _program.Count; i++)
        {
            var (code, ifTrue, ifFalse, operand) = _program[i];
            var at = bytes.AsSpan(i * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(at, code);
            at[2] = ifTrue;
            at[3] = ifFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], operand);
        }

        return bytes;
    }
}
