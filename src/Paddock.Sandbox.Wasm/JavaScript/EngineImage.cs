using System.Security.Cryptography;
using Paddock.Wasm;
using Paddock.Wasm.Compilation;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>QuickJS compiled, initialised, and with the bridge in it: what every plugin starts from. One a process.</summary>
internal sealed record EngineImage(CompiledModule Module, InstanceImage Image, int Bridge)
{
    // SECURITY: the bytes that npm verified against the lock file when this was built; a resource exchanged later is refused.
    private const string QuickJsSha256 = "d4c9375f2b1ca4dc95f72c8aa2982a7a9951ac8011490d79c6582df732b4bbd9";

    private static readonly Lazy<CompiledModule> Compiled = new(Compile);

    /// <summary>On a guest thread: compiles, unless that is done, and boots.</summary>
    internal static EngineImage Create(TimeProvider clock)
    {
        using var guest = new QuickJs(Compiled.Value);
        var limits = new Limits();
        guest.Attach(new CallSession(Nothing, limits, clock) { ClockStopped = true }, limits);
        var bridge = guest.Boot(Resource("prelude.js"));
        return new EngineImage(Compiled.Value, guest.Capture(null), bridge);
    }

    internal static byte[] Resource(string name)
    {
        using var stream = typeof(EngineImage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not in this build.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static SandboxSpec Nothing { get; } = new()
    {
        Digest = "",
        Runtime = PluginRuntime.JavaScript,
        Files = new Dictionary<string, ReadOnlyMemory<byte>>(),
        Entry = "",
        Limits = new Limits(),
    };

    private static CompiledModule Compile()
    {
        var bytes = Resource("quickjs.wasm");
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != QuickJsSha256) throw new InvalidOperationException("The embedded QuickJS is not the one this was built for.");
        return ModuleCompiler.Compile(ModuleValidator.Validate(ModuleDecoder.Decode(bytes)));
    }
}
