namespace Paddock.Cli;

/// <summary>Gives a host its JavaScript: the only place that knows which runtimes there are.</summary>
internal static class JavaScript
{
    public static IPaddockBuilder AddJavaScript(this IPaddockBuilder builder) => builder
        .AddRuntime(_ => new JavaScriptRuntime())
        .AddJavaScriptAnalyzer(_ => new JavaScriptAnalyzer());
}
