using System.Text;
using Paddock.Wasm.Compilation;
using Paddock.Wasm.Wasi;

namespace Paddock.Wasm.Tests.Programs;

/// <summary>Programs of Go and TinyGo, with the runtimes that these bring along.</summary>
public sealed class GoTests
{
    [Fact]
    public void Go_Program_ReadsItsInputAndWritesItsOutput()
    {
        var system = new ScriptedSystem("export const answer: number = 40 + 2", "esbuild", "--loader=ts", "--minify");
        Assert.Equal(0, Run(system));
        Assert.Equal("export const answer=42;\n", system.Output);
        Assert.Equal("", system.Error);
    }

    [Fact]
    public void Go_ProgramThatFails_SaysWhyAndExitsWithItsCode()
    {
        var system = new ScriptedSystem("{\"a\":1}", "esbuild");
        Assert.Equal(1, Run(system));
        Assert.Contains("<stdin>:1:4", system.Error, StringComparison.Ordinal);
        Assert.Equal("", system.Output);
    }

    [Fact]
    public void Go_Program_HasNoFileOfTheHost()
    {
        var system = new ScriptedSystem("", "esbuild", "/etc/passwd");
        Assert.Equal(1, Run(system));
        Assert.DoesNotContain("root", system.Output + system.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TinyGo_Reactor_AllocatesAndFormats()
    {
        using var instance = Compile(Toolchains.TinyGo).Instantiate(new Imports());
        instance.GetFunction("_initialize").Call();
        byte[] source = "package  main\nfunc main( ) {  println( 1+2 ) }\n"u8.ToArray();
        int at = instance.GetFunction("alloc").Call(WasmValue.FromI32(source.Length)).AsI32();
        source.CopyTo(instance.GetMemory("memory").Slice((uint)at, (uint)source.Length));
        Assert.Equal(1, instance.GetFunction("format").Call().AsI32());
        int from = instance.GetFunction("output_ptr").Call().AsI32(), length = instance.GetFunction("output_len").Call().AsI32();
        Assert.Equal("package main\n\nfunc main() { println(1 + 2) }\n", Encoding.UTF8.GetString(instance.GetMemory("memory").Slice((uint)from, (uint)length)));
    }

    private static int Run(ScriptedSystem system)
    {
        var module = Compiled.Value;
        var imports = new Imports();
        Instance? instance = null;
        WasiImports.Add(imports, module.Interface, system, () => instance!.GetMemory("memory"));
        using (instance = module.Instantiate(imports))
        {
            try
            {
                instance.GetFunction("_start").Call();
                return 0;
            }
            catch (WasiExitException e)
            {
                return e.Code;
            }
        }
    }

    private static readonly Lazy<CompiledModule> Compiled = new(() => Compile(Toolchains.Go));

    private static CompiledModule Compile(byte[] module) =>
        ModuleCompiler.Compile(ModuleValidator.Validate(ModuleDecoder.Decode(module)), TestContext.Current.CancellationToken);
}
