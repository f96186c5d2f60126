namespace Paddock.Tests.Seam;

/// <summary>Finds nothing, but for a line <c>syntax error</c>.</summary>
internal sealed class NoFindingsAnalyzer : IJavaScriptAnalyzer
{
    public ValueTask<JavaScriptAnalysis> AnalyzeAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        bool broken = System.Text.Encoding.UTF8.GetString(source.Span).Contains("syntax error", StringComparison.Ordinal);
        return ValueTask.FromResult(new JavaScriptAnalysis(broken ? new CallError(ErrorCodes.CompileError, "unexpected token") { Line = 1, Column = 2 } : null, false, []));
    }
}
