namespace Paddock.Wasm;

/// <summary>Import matching (core 2.0, 4.5.3 and 3.4).</summary>
internal static class Linking
{
    internal static Extern Resolve(DecodedModule module, ImportEntry import, Imports imports)
    {
        var item = imports.Find(import.Module, import.Name)
            ?? throw Unlinkable($"unknown import {import.Module}.{import.Name}");
        var matches = (import.Kind, item) switch
        {
            (ExternKind.Function, Function f) => f.Type.Equals(module.Types[(int)import.TypeIndex]),
            (ExternKind.Table, Table t) => t.Type.Element == import.Table.Element && Fits(t.Length, t.Type.Limits.Maximum, import.Table.Limits),
            (ExternKind.Memory, LinearMemory m) => Fits(m.Pages, m.Type.Maximum, import.Memory),
            (ExternKind.Global, Global g) => g.Type == import.Global,
            _ => false,
        };
        return matches ? item : throw Unlinkable($"incompatible import type {import.Module}.{import.Name}");
    }

    private static bool Fits(uint actual, uint? actualMaximum, SizeLimits wanted) =>
        actual >= wanted.Minimum && (wanted.Maximum is not { } maximum || actualMaximum <= maximum);

    private static WasmException Unlinkable(string message) => new(WasmErrorKind.Unlinkable, message);
}
