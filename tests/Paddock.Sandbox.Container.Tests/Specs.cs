using System.Security.Cryptography;
using System.Text;
using Paddock.Engines;
using Paddock.Sandbox.Container;

namespace Paddock;

/// <summary>Small packages, as they come out of verification and approval.</summary>
internal static class Specs
{
    public static SandboxSpec Node(string source, string runtime = "node18") => Spec(runtime, "main.js", source);

    public static SandboxSpec Python(string source) => Spec("python3.11", "plugin.py", source);

    /// <summary>A plugin that speaks the protocol.</summary>
    public static SandboxSpec Speaking(PluginRuntime runtime, string source) => (runtime == PluginRuntime.Python ? Python(source) : Node(source)) with { Runtime = runtime, RuntimeVersion = null };

    public static SandboxSpec With(this SandboxSpec spec, string path, string content) => spec with
    {
        Digest = Digest(spec.Digest + path + content),
        Files = new Dictionary<string, ReadOnlyMemory<byte>>(spec.Files) { [path] = Encoding.UTF8.GetBytes(content) },
    };

    private static SandboxSpec Spec(string runtime, string entry, string source) => new()
    {
        Digest = Digest(runtime + source),
        Runtime = PluginRuntime.Container,
        RuntimeVersion = runtime,
        Approved = true,
        Entry = entry,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { [entry] = Encoding.UTF8.GetBytes(source) },
        Limits = new Limits { MemoryBytes = 256 << 20, Processes = 64 },
    };

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>A plugin in a sandbox on a real engine.</summary>
internal sealed class Bench(ContainerOptions options, ContainerEngine engine, ContainerRuntime runtime, ISandbox sandbox, SandboxSpec spec) : IAsyncDisposable
{
    public ISandbox Sandbox => sandbox;

    public SandboxSpec Spec => spec;

    public ContainerOptions Options => options;

    public static async Task<Bench> OpenAsync(EngineFixture engines, SandboxSpec spec, string store, Func<ContainerOptions, ContainerOptions>? change = null)
    {
        await engines.ReadyAsync();
        var options = engines.Options(store);
        if (change is not null) options = change(options);
        var engine = new ContainerEngine(options);
        var runtime = new ContainerRuntime(engine, spec.Runtime);
        try
        {
            return new Bench(options, engine, runtime, await runtime.CreateAsync(spec, TestContext.Current.CancellationToken), spec);
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await sandbox.DisposeAsync();
        await runtime.DisposeAsync();
        await engine.DisposeAsync();
    }
}
