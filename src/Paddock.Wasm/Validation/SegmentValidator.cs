namespace Paddock.Wasm;

/// <summary>Element and data segments (3.4.5 and 3.4.6).</summary>
internal static class SegmentValidator
{
    public static void CheckElements(ModuleContext context, ConstantValidator constants)
    {
        foreach (var segment in context.Module.Elements)
        {
            if (segment.Mode == SegmentMode.Active)
            {
                var table = context.Table(segment.TableIndex, -1);
                if (table != segment.Type) throw ModuleValidator.Invalid($"type mismatch: elements of {segment.Type} in a table of {table}");
                constants.Check(segment.Offset, ValueType.I32);
            }

            CheckItems(segment, context, constants);
        }
    }

    public static void CheckData(ModuleContext context, ConstantValidator constants)
    {
        foreach (var segment in context.Module.Data)
        {
            if (segment.Mode != SegmentMode.Active) continue;
            context.CheckMemory(segment.MemoryIndex, segment.Start);
            constants.Check(segment.Offset, ValueType.I32);
        }
    }

    private static void CheckItems(ElementSegment segment, ModuleContext context, ConstantValidator constants)
    {
        foreach (var item in segment.Items ?? []) constants.Check(item, segment.Type);
        foreach (var function in segment.FunctionIndices ?? [])
        {
            context.CheckFunction(function, -1);
            context.DeclareReference(function);
        }
    }
}
