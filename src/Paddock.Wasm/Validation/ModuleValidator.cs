namespace Paddock.Wasm;

/// <summary>
/// Second stage: proves a decoded module sound (core 2.0, chapter 3; the algorithm is the appendix's).
/// SECURITY: the compiler emits unchecked code on the strength of this proof. Time is linear in the module's size, and nothing recurses.
/// </summary>
public static class ModuleValidator
{
    private const uint MaxPages = 65536;

    /// <summary>Validates a decoded module.</summary>
    /// <param name="module">From <see cref="ModuleDecoder.Decode"/>.</param>
    /// <returns>The same module, proved.</returns>
    /// <exception cref="WasmException">Invalid; or TooLarge, when an operand stack exceeds an engine limit.</exception>
    public static ValidatedModule Validate(DecodedModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        CheckTypes(module);
        var context = new ModuleContext(module);
        var constants = new ConstantValidator(context);
        CheckGlobals(module, constants);
        SegmentValidator.CheckElements(context, constants);
        SegmentValidator.CheckData(context, constants);
        CheckExports(context);
        CheckStart(context);

        // Bodies come last: the references they may take are declared by all of the above (C.refs, 3.4.10).
        var function = new FunctionValidator(context);
        var imported = context.ImportedFunctions;
        for (var i = 0; i < module.Bodies.Count; i++) function.Validate(module.Bodies[i], module.Functions[imported + i]);
        return new ValidatedModule(module);
    }

    private static void CheckTypes(DecodedModule module)
    {
        foreach (var type in module.Functions)
        {
            if (type >= (uint)module.Types.Count) throw Invalid($"unknown type {type}");
        }

        foreach (var table in module.Tables) CheckLimits(table.Limits);
        if (module.Memories.Count > 1) throw Invalid("multiple memories");
        foreach (var memory in module.Memories)
        {
            if (memory.Minimum > MaxPages || memory.Maximum > MaxPages) throw Invalid("memory size must be at most 65536 pages (4GiB)");
            CheckLimits(memory);
        }
    }

    private static void CheckLimits(SizeLimits limits)
    {
        if (limits.Minimum > limits.Maximum) throw Invalid("size minimum must not be greater than maximum");
    }

    private static void CheckGlobals(DecodedModule module, ConstantValidator constants)
    {
        var imported = module.Globals.Count - module.GlobalInits.Count;
        for (var i = 0; i < module.GlobalInits.Count; i++) constants.Check(module.GlobalInits[i], module.Globals[imported + i].Type);
    }

    private static void CheckExports(ModuleContext context)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var export in context.Module.Exports)
        {
            if (!names.Add(export.Name)) throw Invalid("duplicate export name");
            var (count, what) = export.Kind switch
            {
                ExternKind.Function => (context.Module.Functions.Count, "function"),
                ExternKind.Table => (context.Module.Tables.Count, "table"),
                ExternKind.Memory => (context.Module.Memories.Count, "memory"),
                _ => (context.Module.Globals.Count, "global"),
            };
            if (export.Index >= (uint)count) throw Invalid($"unknown {what} {export.Index}");
            if (export.Kind == ExternKind.Function) context.DeclareReference(export.Index);
        }
    }

    private static void CheckStart(ModuleContext context)
    {
        if (context.Module.Start is not { } start) return;
        if (start >= (uint)context.Module.Functions.Count) throw Invalid($"unknown function {start}");
        var type = context.TypeOfFunction(start);
        if (type.Parameters.Count + type.Results.Count > 0) throw Invalid("start function must have type [] -> []");
    }

    internal static WasmException Invalid(string message, int offset = -1) => new(WasmErrorKind.Invalid, message, offset);
}
