using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Paddock.Wasm.Compilation;

namespace Paddock.Wasm;

/// <summary>Third stage: a validated module to CIL. Only a <see cref="ValidatedModule"/> gets here, so the emitter checks no types again.</summary>
public static class ModuleCompiler
{
    // SECURITY: all functions of a module are methods of one type, of which the runtime takes fewer than 65,536; beyond, it fails in its own way.
    private const int MaxFunctions = 60_000;

    internal static readonly ConstructorInfo IgnoresAccessChecks =
        typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;

    /// <summary>Compiles every function to CIL.</summary>
    /// <param name="validated">The module.</param>
    /// <param name="cancellationToken">Looked at before each function.</param>
    /// <exception cref="WasmException">TooLarge: more functions than a type of .NET can have; or a function's frame would not fit the stack that is kept in reserve.</exception>
    public static CompiledModule Compile(ValidatedModule validated, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(validated);
        var module = validated.Module;
        if (module.FunctionCount > MaxFunctions) throw new WasmException(WasmErrorKind.TooLarge, $"{module.FunctionCount} functions; at most {MaxFunctions} can be compiled");
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Paddock.Wasm.Guest"), AssemblyBuilderAccess.RunAndCollect);
        assembly.SetCustomAttribute(new CustomAttributeBuilder(IgnoresAccessChecks, [typeof(Instance).Assembly.GetName().Name!]));
        var type = assembly.DefineDynamicModule("Guest").DefineType("Code", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        var methods = Declare(module, type);
        for (var i = 0; i < module.Bodies.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var index = module.ImportedFunctions + i;
            new FunctionEmitter(module, methods, index, module.Bodies[i], methods[index]!.GetILGenerator(1024)).Emit();
        }

        return new CompiledModule(module, type.CreateType());
    }

    internal static string MethodName(uint function) => string.Create(CultureInfo.InvariantCulture, $"f{function}");

    private static MethodBuilder?[] Declare(DecodedModule module, TypeBuilder type)
    {
        var imported = module.ImportedFunctions;
        var methods = new MethodBuilder?[module.Functions.Count];
        for (var i = imported; i < methods.Length; i++)
        {
            var signature = module.Types[(int)module.Functions[i]];
            methods[i] = type.DefineMethod(
                MethodName((uint)i), MethodAttributes.Static | MethodAttributes.Public, SignatureCode.ReturnType(signature), SignatureCode.ParameterTypes(signature, typeof(Instance)));
        }

        return methods;
    }
}
