using Paddock.Wasm.Compilation;

namespace Paddock.Wasm;

/// <summary>Instantiation (core 2.0, 4.5.4): globals, element segments, data segments, start function, in that order.</summary>
internal static class Instantiation
{
    internal static Instance Run(CompiledModule compiled, Imports imports, InstanceOptions options, Action<Instance>? created)
    {
        var instance = new Instance(compiled, InstanceState.Create(compiled.Module, imports, options), options);
        try
        {
            created?.Invoke(instance);
            Initialize(compiled.Module, instance);
            return instance;
        }
        catch
        {
            // Gigabytes may hang on an instance that nobody gets: they are not left to the finalizer, unless what has failed can still be called.
            if (!LeaksFunctions(compiled.Module)) instance.Dispose();
            throw;
        }
    }

    private static void Initialize(DecodedModule module, Instance instance)
    {
        for (var i = 0; i < module.GlobalInits.Count; i++)
        {
            var global = instance.Globals[module.ImportedGlobals + i];
            global.Store(Evaluate(module.GlobalInits[i], instance));
        }

        for (var i = 0; i < module.Elements.Count; i++) instance.ElementValues[i] = Values(module.Elements[i], instance);
        for (var i = 0; i < module.Elements.Count; i++) PlaceElements(i, instance);
        for (var i = 0; i < module.Data.Count; i++) PlaceData(i, instance);
        foreach (var table in instance.Tables.AsSpan(module.ImportedTables)) table.Modified = false;
        if (module.Start is { } start) instance.FunctionAt(start).Call([], []);
    }

    /// <summary>Whether a function of an instance can have got out of it without an export: into a table or a global that it imports, or as an argument. Such a function outlives the failure (core 2.0, 4.5.4, note).</summary>
    private static bool LeaksFunctions(DecodedModule module) => module.Imports.Exists(i => i.Kind switch
    {
        ExternKind.Table => true,
        ExternKind.Global => i.Global.Type.IsReference(),
        ExternKind.Function => module.Types[(int)i.TypeIndex].Parameters.Any(p => p.IsReference()),
        _ => false,
    });

    private static object?[] Values(ElementSegment segment, Instance instance) => segment.FunctionIndices is { } indices
        ? [.. indices.Select(i => (object?)instance.FunctionAt(i))]
        : [.. segment.Items!.Select(i => Evaluate(i, instance).Reference)];

    private static void PlaceElements(int index, Instance instance)
    {
        var segment = instance.Compiled.Module.Elements[index];
        if (segment.Mode == SegmentMode.Passive) return;
        if (segment.Mode == SegmentMode.Active)
        {
            var offset = Evaluate(segment.Offset, instance).AsI32();
            Instance.TableInit(offset, 0, instance.ElementValues[index].Length, index, (int)segment.TableIndex, instance);
        }

        Instance.ElemDrop(index, instance);
    }

    private static void PlaceData(int index, Instance instance)
    {
        var segment = instance.Compiled.Module.Data[index];
        if (segment.Mode != SegmentMode.Active) return;
        Instance.MemoryInit(Evaluate(segment.Offset, instance).AsI32(), 0, segment.Length, index, instance);
        Instance.DataDrop(index, instance);
    }

    private static WasmValue Evaluate(ConstExpr expression, Instance instance)
    {
        var reader = new InstructionReader(instance.Compiled.Module.Bytes.Span, expression.Start, expression.Start + expression.Length);
        int opcode = reader.ReadByte();
        return opcode switch
        {
            Opcode.I32Const => reader.ReadS32(),
            Opcode.I64Const => reader.ReadS64(),
            Opcode.F32Const => WasmValue.FromI64(reader.ReadF32Bits()),
            Opcode.F64Const => WasmValue.FromI64((long)reader.ReadF64Bits()),
            Opcode.GlobalGet => instance.Globals[reader.ReadU32()].Value,
            Opcode.RefNull => WasmValue.FromRef(null),
            Opcode.RefFunc => WasmValue.FromRef(instance.FunctionAt(reader.ReadU32())),
            _ => throw new InvalidOperationException($"0x{opcode:x2} in a constant expression that was validated."),
        };
    }
}
