using Microsoft.Extensions.DependencyInjection;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Cli;

/// <summary>Gives a host its JavaScript: the only place that knows which runtimes there are.</summary>
internal static class JavaScript
{
    public static IPaddockBuilder AddJavaScript(this IPaddockBuilder builder) => builder
        .AddRuntime(_ => new JavaScriptRuntime())
        .AddJavaScriptAnalyzer(services => new JavaScriptAnalyzer(services.GetServices<ISandboxRuntime>().OfType<JavaScriptRuntime>().Single()));
}
