using System.Runtime.CompilerServices;

namespace Paddock.Wasm;

/// <summary>What compiled code calls for the instructions that are not worth inlining. The instance comes last, as in every compiled function.</summary>
public sealed partial class Instance
{
    internal static void StackCheckFailed(Instance self) =>
        throw new TrapException(Volatile.Read(ref self.InterruptFlag) != 0 ? TrapCode.Interrupted : TrapCode.StackExhausted);

    internal static void ThrowInterrupted() => throw new TrapException(TrapCode.Interrupted);

    internal static void ThrowOutOfBounds() => throw new TrapException(TrapCode.MemoryOutOfBounds);

    internal static void ThrowUnreachable() => throw new TrapException(TrapCode.Unreachable);

    internal static Function ResolveIndirect(int index, int type, int table, Instance self)
    {
        var elements = self.Tables[table].Elements;
        if ((uint)index >= (uint)elements.Length) throw new TrapException(TrapCode.UndefinedElement);
        if (elements[index] is not { } element) throw new TrapException(TrapCode.UninitializedElement);

        // SECURITY: a call with a wrong signature would be memory corruption; validation keeps anything but functions out of a funcref table.
        var function = Unsafe.As<Function>(element);
        var expected = self.Compiled.Module.Types[type];
        if (!ReferenceEquals(function.Type, expected) && !function.Type.Equals(expected)) throw new TrapException(TrapCode.IndirectCallTypeMismatch);
        if (!ReferenceEquals(function.Target, self)) LinkWith(function.Target, self);
        return function;
    }

    private static void LinkWith(CallTarget target, Instance self)
    {
        if (target is Instance other && !ReferenceEquals(other.Linked, self.Linked)) self.Linked.Merge(other.Linked);
    }

    internal static object RefFunc(int index, Instance self) => self.FunctionAt((uint)index);

    internal static int MemorySize(Instance self) => (int)self.Memory!.Pages;

    internal static int MemoryGrow(int delta, Instance self)
    {
        var result = self.Memory!.Grow((uint)delta);
        if (result < 0 && self._options.TrapOnMemoryLimit) throw new TrapException(TrapCode.MemoryLimit);
        return (int)result;
    }

    internal static void MemoryInit(int destination, int source, int count, int segment, Instance self)
    {
        var data = self.DroppedData[segment] ? default : self.Compiled.DataOf(segment);
        if ((ulong)(uint)source + (uint)count > (ulong)data.Length) throw new TrapException(TrapCode.MemoryOutOfBounds);
        data.Slice(source, count).CopyTo(self.Memory!.Slice((uint)destination, (uint)count));
    }

    internal static void DataDrop(int segment, Instance self) => self.DroppedData[segment] = true;

    internal static unsafe void MemoryCopy(int destination, int source, int count, Instance self)
    {
        var memory = self.Memory!;
        CheckRange((uint)destination, (uint)count, memory);
        CheckRange((uint)source, (uint)count, memory);
        Buffer.MemoryCopy(memory.Base + (uint)source, memory.Base + (uint)destination, (uint)count, (uint)count);
    }

    internal static unsafe void MemoryFill(int destination, int value, int count, Instance self)
    {
        CheckRange((uint)destination, (uint)count, self.Memory!);
        System.Runtime.InteropServices.NativeMemory.Fill(self.Memory!.Base + (uint)destination, (uint)count, (byte)value);
    }

    internal static object? TableGet(int index, int table, Instance self) => self.Tables[table][(uint)index];

    internal static void TableSet(int index, object? value, int table, Instance self) => self.Tables[table][(uint)index] = value;

    internal static int TableSize(int table, Instance self) => (int)self.Tables[table].Length;

    internal static int TableGrow(object? value, int delta, int table, Instance self) => self.Tables[table].Grow((uint)delta, value);

    internal static void TableFill(int index, object? value, int count, int table, Instance self)
    {
        self.Tables[table].Slice((uint)index, (uint)count).Fill(value);
        self.Tables[table].Modified = true;
    }

    internal static void TableCopy(int destination, int source, int count, int to, int from, Instance self)
    {
        var target = self.Tables[to].Slice((uint)destination, (uint)count);
        self.Tables[from].Slice((uint)source, (uint)count).CopyTo(target);
        self.Tables[to].Modified = true;
    }

    internal static void TableInit(int destination, int source, int count, int segment, int table, Instance self)
    {
        var values = self.DroppedElements[segment] ? [] : self.ElementValues[segment];
        if ((ulong)(uint)source + (uint)count > (ulong)values.Length) throw new TrapException(TrapCode.TableOutOfBounds);
        values.AsSpan(source, count).CopyTo(self.Tables[table].Slice((uint)destination, (uint)count));
        self.Tables[table].Modified = true;
    }

    // The values stay: an image may be set in which the segment is not dropped.
    internal static void ElemDrop(int segment, Instance self) => self.DroppedElements[segment] = true;

    private static void CheckRange(uint offset, uint count, LinearMemory memory)
    {
        if ((ulong)offset + count > (ulong)memory.Length) throw new TrapException(TrapCode.MemoryOutOfBounds);
    }
}
