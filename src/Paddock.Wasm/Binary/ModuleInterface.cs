namespace Paddock.Wasm;

/// <summary>What a module wants from its host and what it offers: enough to tell which interface it was written for, before anything of it runs.</summary>
public sealed class ModuleInterface
{
    private ModuleInterface(IReadOnlyList<ModuleImport> imports, IReadOnlyList<ModuleExport> exports)
    {
        Imports = imports;
        Exports = exports;
    }

    /// <summary>Imports, in order.</summary>
    public IReadOnlyList<ModuleImport> Imports { get; }

    /// <summary>Exports, in order; names are unique.</summary>
    public IReadOnlyList<ModuleExport> Exports { get; }

    /// <summary>Whether anything is imported from <paramref name="module"/>.</summary>
    public bool ImportsFrom(string module) => Imports.Any(i => i.Module == module);

    /// <summary>The type of an exported function; null when no function of that name is exported.</summary>
    public FuncType? ExportedFunction(string name) => Exports.FirstOrDefault(e => e.Name == name)?.Function;

    /// <summary>Whether a memory of that name is exported.</summary>
    public bool ExportsMemory(string name) => Exports.Any(e => e.Name == name && e.Kind == ExternKind.Memory);

    internal static ModuleInterface Of(DecodedModule module) => new(
        module.Imports.ConvertAll(i => new ModuleImport(i.Module, i.Name, i.Kind, i.Kind == ExternKind.Function ? module.Types[(int)i.TypeIndex] : null)),
        module.Exports.ConvertAll(e => new ModuleExport(e.Name, e.Kind, e.Kind == ExternKind.Function ? module.Types[(int)module.Functions[(int)e.Index]] : null)));
}

/// <summary>Something that a module wants.</summary>
/// <param name="Module">First name.</param>
/// <param name="Name">Second name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Function">Its type, when it is a function.</param>
public sealed record ModuleImport(string Module, string Name, ExternKind Kind, FuncType? Function);

/// <summary>Something that a module offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Function">Its type, when it is a function.</param>
public sealed record ModuleExport(string Name, ExternKind Kind, FuncType? Function);
