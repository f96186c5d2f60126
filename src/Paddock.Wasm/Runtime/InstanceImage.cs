namespace Paddock.Wasm;

/// <summary>
/// The state of an initialised instance: the pages of its memory that are not zero, and its numeric globals. Immutable; any number of
/// instances of the same module can be set to it. An image made on a basis keeps only the pages in which it differs.
/// </summary>
public sealed class InstanceImage
{
    internal const int PageBytes = 4096;

    // Next to an image's own pages is where a call works next: the heap grows upwards from them, the stack downwards. These bytes are cleared in
    // place, so that the next call does not pay a page fault for each; what lies beyond is given back to the system.
    private const int WarmAbove = 64 << 10, WarmBelow = 64 << 10;

    private readonly long _length;
    private readonly Run[] _runs;
    private readonly long[] _globals;
    private readonly bool[] _droppedData;
    private readonly bool[] _droppedElements;

    private InstanceImage(Compilation.CompiledModule compiled, long length, Run[] runs, long[] globals, bool[] droppedData, bool[] droppedElements, long resident)
    {
        Compiled = compiled;
        _length = length;
        _runs = runs;
        _globals = globals;
        _droppedData = droppedData;
        _droppedElements = droppedElements;
        ResidentBytes = resident;
    }

    /// <summary>Bytes of memory that this image keeps for itself; pages shared with its basis are not counted.</summary>
    public long ResidentBytes { get; }

    /// <summary>Length of the memory in bytes; 0 without one.</summary>
    public long MemoryBytes => _length;

    internal Compilation.CompiledModule Compiled { get; }

    /// <summary>A stretch of pages and where their bytes are kept.</summary>
    private readonly record struct Run(long Start, int Length, byte[] Source, int SourceOffset);

    internal static InstanceImage Capture(Instance instance, InstanceImage? basis)
    {
        if (basis is not null && !ReferenceEquals(basis.Compiled, instance.Compiled)) throw new ArgumentException("The basis is an image of another module.", nameof(basis));
        if (instance.Tables.Any(t => t.Modified)) throw new InvalidOperationException("A table was changed since instantiation; the instance cannot be imaged.");
        if (instance.Globals.Any(g => g.Type.Type.IsReference() && g.Reference is not null)) throw new InvalidOperationException("A global holds a reference; the instance cannot be imaged.");
        var runs = new List<Run>();
        long resident = 0;
        var length = instance.Memory?.Length ?? 0;
        var known = basis?.PagesBySource() ?? [];
        for (long page = 0; page < length; page += PageBytes)
        {
            var bytes = instance.Memory!.Slice((uint)page, PageBytes);
            var shared = known.TryGetValue(page, out var run);
            if (shared && bytes.SequenceEqual(run.Source.AsSpan(run.SourceOffset, PageBytes))) Append(runs, run);
            else if (bytes.ContainsAnyExcept((byte)0) || shared)
            {
                Append(runs, new Run(page, PageBytes, bytes.ToArray(), 0));
                resident += PageBytes;
            }
        }

        var globals = instance.Globals.Select(g => g.Value.Bits).ToArray();
        return new InstanceImage(instance.Compiled, length, Pack(runs), globals, [.. instance.DroppedData], [.. instance.DroppedElements], resident);
    }

    internal void Restore(Instance instance)
    {
        if (!ReferenceEquals(Compiled, instance.Compiled)) throw new ArgumentException("The image is of another module.", nameof(instance));
        if (instance.Tables.Any(t => t.Modified)) throw new InvalidOperationException("A table was changed since instantiation; the instance cannot be reset.");
        if (instance.Memory is { } memory) RestoreMemory(memory);
        for (var i = 0; i < _globals.Length; i++)
        {
            if (instance.Globals[i].Type is { Mutable: true } type && !type.Type.IsReference()) instance.Globals[i].Store(WasmValue.FromI64(_globals[i]));
        }

        _droppedData.CopyTo(instance.DroppedData, 0);
        _droppedElements.CopyTo(instance.DroppedElements, 0);
    }

    private void RestoreMemory(LinearMemory memory)
    {
        var used = Math.Max(memory.Length, _length);
        if (memory.Length < _length) memory.SetLength(_length);
        long at = 0;
        foreach (var run in _runs)
        {
            Clear(memory, at, run.Start);
            run.Source.AsSpan(run.SourceOffset, run.Length).CopyTo(memory.Slice((uint)run.Start, (uint)run.Length));
            at = run.Start + run.Length;
        }

        Clear(memory, at, used);
        memory.SetLength(_length);
    }

    private static void Clear(LinearMemory memory, long start, long end)
    {
        // SECURITY: whatever lies between the image's pages is of an earlier call, perhaps of another plugin. All of it goes.
        if (end - start <= WarmAbove + WarmBelow)
        {
            if (end > start) memory.Slice((uint)start, (uint)(end - start)).Clear();
            return;
        }

        memory.Slice((uint)start, WarmAbove).Clear();
        memory.Slice((uint)(end - WarmBelow), WarmBelow).Clear();
        memory.Discard(start + WarmAbove, end - start - WarmAbove - WarmBelow);
    }

    private Dictionary<long, Run> PagesBySource()
    {
        var pages = new Dictionary<long, Run>();
        foreach (var run in _runs)
        {
            for (var i = 0; i < run.Length; i += PageBytes)
                pages.Add(run.Start + i, new Run(run.Start + i, PageBytes, run.Source, run.SourceOffset + i));
        }

        return pages;
    }

    private static void Append(List<Run> runs, Run next)
    {
        if (runs.Count > 0 && runs[^1] is var last && last.Start + last.Length == next.Start
            && ReferenceEquals(last.Source, next.Source) && last.SourceOffset + last.Length == next.SourceOffset)
            runs[^1] = last with { Length = last.Length + next.Length };
        else
            runs.Add(next);
    }

    /// <summary>Copies neighbouring single pages of the image's own into one array each, so that a reset copies few long stretches.</summary>
    private static Run[] Pack(List<Run> runs)
    {
        var packed = new List<Run>();
        for (var i = 0; i < runs.Count;)
        {
            var end = i + 1;
            while (end < runs.Count && IsOwn(runs[i]) && IsOwn(runs[end]) && runs[end].Start == runs[end - 1].Start + PageBytes) end++;
            if (end == i + 1)
            {
                packed.Add(runs[i]);
            }
            else
            {
                var bytes = new byte[(end - i) * PageBytes];
                for (var j = i; j < end; j++) runs[j].Source.CopyTo(bytes, (j - i) * PageBytes);
                packed.Add(new Run(runs[i].Start, bytes.Length, bytes, 0));
            }

            i = end;
        }

        return [.. packed];
    }

    private static bool IsOwn(Run run) => run.Source.Length == PageBytes;
}
