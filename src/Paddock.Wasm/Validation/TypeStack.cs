using System.Numerics;
using System.Runtime.InteropServices;

namespace Paddock.Wasm;

/// <summary>An open block: what it takes and leaves, and where its operands begin.</summary>
internal struct ControlFrame
{
    public int Opcode;
    public ValueType[] Start;
    public ValueType[] End;
    public int Height;
    public bool Unreachable;

    /// <summary>What a branch to it carries.</summary>
    public readonly ValueType[] Label => Opcode == Wasm.Opcode.Loop ? Start : End;
}

/// <summary>
/// The operand and control stacks of the validation algorithm (appendix, "Validation Algorithm"). One byte an operand, and lists compared a vector at a time:
/// two bytes of code can pop and push a thousand operands each.
/// </summary>
internal sealed class TypeStack
{
    /// <summary>Any type: an operand that unreachable code conjured.</summary>
    public const ValueType Unknown = 0;

    private ValueType[] _operands = new ValueType[256];
    private ControlFrame[] _frames = new ControlFrame[32];
    private int _height;
    private int _depth;

    // The innermost frame's, kept at hand for Pop.
    private int _base;
    private bool _unreachable;

    /// <summary>Where the instruction being checked begins, for errors.</summary>
    public int Offset { get; set; }

    public int Depth => _depth;

    public void Reset() => (_height, _depth, _base, _unreachable) = (0, 0, 0, false);

    public void Push(ValueType type)
    {
        if (_height == _operands.Length) Grow(1);
        _operands[_height++] = type;
    }

    public ValueType Pop()
    {
        if (_height > _base) return _operands[--_height];
        return _unreachable ? Unknown : throw Mismatch("an operand", "nothing");
    }

    public void Pop(ValueType expected)
    {
        var actual = Pop();
        if (actual != expected && actual != Unknown) throw Mismatch(expected.ToString(), actual.ToString());
    }

    public void Push(ValueType[] types)
    {
        if (types.Length > _operands.Length - _height) Grow(types.Length);
        types.CopyTo(_operands, _height);
        _height += types.Length;
    }

    public void Pop(ValueType[] expected) => _height -= CheckTop(expected);

    /// <summary>Requires <paramref name="expected"/> on top, without popping it. Returns how much of it is really there; the rest, in unreachable code, is Unknown.</summary>
    public int CheckTop(ValueType[] expected)
    {
        var present = Math.Min(expected.Length, _height - _base);
        if (present < expected.Length && !_unreachable) throw Mismatch($"{expected.Length} operands", $"{present}");
        if (!Matches(_operands.AsSpan(_height - present, present), expected.AsSpan(expected.Length - present))) throw Mismatch("operands", "others");
        return present;
    }

    public void Enter(int opcode, ValueType[] start, ValueType[] end)
    {
        if (_depth == _frames.Length) Array.Resize(ref _frames, _depth * 2);
        if (_depth > 0) _frames[_depth - 1].Unreachable = _unreachable;
        _frames[_depth++] = new ControlFrame { Opcode = opcode, Start = start, End = end, Height = _height };
        (_base, _unreachable) = (_height, false);
        Push(start);
    }

    /// <summary>Closes the innermost block, whose results must be all there is; they are not pushed for the outer one.</summary>
    public ControlFrame Leave()
    {
        Pop(_frames[_depth - 1].End);
        if (_height != _base) throw Mismatch("the end of the block", "operands left over");
        var frame = _frames[--_depth];
        if (_depth > 0) (_base, _unreachable) = (_frames[_depth - 1].Height, _frames[_depth - 1].Unreachable);
        return frame;
    }

    public void MarkUnreachable() => (_height, _unreachable) = (_base, true);

    public ValueType[] Label(uint depth) =>
        depth < (uint)_depth ? _frames[_depth - 1 - (int)depth].Label : throw ModuleValidator.Invalid($"unknown label {depth}", Offset);

    public ValueType[] FunctionResults => _frames[0].End;

    private void Grow(int count)
    {
        var needed = _height + count;
        if (needed > EngineLimits.OperandDepth) throw TypeDecoder.TooLarge("operands at one point", needed, EngineLimits.OperandDepth, Offset);
        Array.Resize(ref _operands, Math.Min(Math.Max(needed, _operands.Length * 2), EngineLimits.OperandDepth));
    }

    private static bool Matches(Span<ValueType> actual, ReadOnlySpan<ValueType> expected)
    {
        var a = MemoryMarshal.Cast<ValueType, byte>(actual);
        var e = MemoryMarshal.Cast<ValueType, byte>(expected);
        var i = 0;
        for (; i <= a.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var have = new Vector<byte>(a[i..]);
            var want = new Vector<byte>(e[i..]);
            if (!Vector.EqualsAll(Vector.ConditionalSelect(Vector.Equals(have, Vector<byte>.Zero), want, have), want)) return false;
        }

        for (; i < a.Length; i++)
        {
            if (a[i] != e[i] && a[i] != (byte)Unknown) return false;
        }

        return true;
    }

    private WasmException Mismatch(string expected, string actual) => ModuleValidator.Invalid($"type mismatch: expected {expected}, found {actual}", Offset);
}
