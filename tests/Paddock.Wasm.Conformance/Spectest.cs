namespace Paddock.Wasm.Conformance;

/// <summary>The host module that the suite imports (interpreter/README of the specification's repository).</summary>
internal static class Spectest
{
    private const string Name = "spectest";

    public static Imports CreateImports()
    {
        var imports = new Imports()
            .Add(Name, "global_i32", new Global(new GlobalType(ValueType.I32, false), 666))
            .Add(Name, "global_i64", new Global(new GlobalType(ValueType.I64, false), 666L))
            .Add(Name, "global_f32", new Global(new GlobalType(ValueType.F32, false), 666.6f))
            .Add(Name, "global_f64", new Global(new GlobalType(ValueType.F64, false), 666.6))
            .Add(Name, "table", new Table(new TableType(ValueType.FuncRef, new SizeLimits(10, 20))))
            .Add(Name, "memory", new LinearMemory(new SizeLimits(1, 2)));
        AddPrint(imports, "print");
        AddPrint(imports, "print_i32", ValueType.I32);
        AddPrint(imports, "print_i64", ValueType.I64);
        AddPrint(imports, "print_f32", ValueType.F32);
        AddPrint(imports, "print_f64", ValueType.F64);
        AddPrint(imports, "print_i32_f32", ValueType.I32, ValueType.F32);
        AddPrint(imports, "print_f64_f64", ValueType.F64, ValueType.F64);
        return imports;
    }

    /// <summary>The suite only calls them; what they would print tells nothing.</summary>
    private static void AddPrint(Imports imports, string name, params ValueType[] parameters) =>
        imports.Add(Name, name, Function.FromHost(new FuncType(parameters, []), (_, _) => { }));
}
