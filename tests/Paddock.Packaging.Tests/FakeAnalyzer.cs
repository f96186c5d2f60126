namespace Paddock.Packaging.Tests;

/// <summary>Answers what a test tells it to, at the seam of the parser that runs in the sandbox.</summary>
internal sealed class FakeAnalyzer : IJavaScriptAnalyzer
{
    public CallError? SyntaxError { get; init; }

    public FreeIdentifier[] Free { get; init; } = [];

    public Exception? Throws { get; init; }

    public ValueTask<JavaScriptAnalysis> AnalyzeAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        Throws is null ? new(new JavaScriptAnalysis(SyntaxError, false, Free)) : throw Throws;
}
