// Stands in until the strict decoder and the validator land; delete both zz_ files then.
namespace Paddock.Wasm;
/// <summary>stub</summary>
public sealed class ValidatedModule { internal ValidatedModule(DecodedModule m) => Module = m; internal DecodedModule Module { get; } }
/// <summary>stub</summary>
public static class ModuleValidator { /// <summary>stub</summary>
public static ValidatedModule Validate(DecodedModule m) => new(m); }
