using Microsoft.Extensions.DependencyInjection;
using Paddock.Sandbox.Wasm.Abi;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock;

/// <summary>Adds the runtimes that are guests of Paddock's own WebAssembly engine.</summary>
public static class PaddockWebAssemblyExtensions
{
    /// <summary>Lets the host run JavaScript plugins (ES2023), and parse them for validation. The engine compiles in the background from the first use on.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">How many calls and threads; null for the defaults.</param>
    public static IPaddockBuilder AddJavaScript(this IPaddockBuilder builder, JavaScriptRuntimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(_ => new JavaScriptRuntime(options));
        builder.AddRuntime(services => services.GetRequiredService<JavaScriptRuntime>());
        return builder.AddJavaScriptAnalyzer(services => new JavaScriptAnalyzer(services.GetRequiredService<JavaScriptRuntime>()));
    }

    /// <summary>Lets the host run WebAssembly plugins: GoatKit's interface, Extism's, and WASI commands.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">How many calls and threads; null for the defaults.</param>
    public static IPaddockBuilder AddWebAssembly(this IPaddockBuilder builder, WebAssemblyRuntimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddRuntime(_ => new WebAssemblyRuntime(options));
    }
}
