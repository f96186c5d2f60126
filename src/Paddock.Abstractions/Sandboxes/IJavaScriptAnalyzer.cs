namespace Paddock;

/// <summary>Parses a plugin's JavaScript without running it.</summary>
public interface IJavaScriptAnalyzer
{
    /// <summary>Parses <paramref name="source"/> (UTF-8) and reports its syntax error, or the free identifiers and dynamic imports in it.</summary>
    ValueTask<JavaScriptAnalysis> AnalyzeAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default);
}

/// <summary>What parsing found.</summary>
/// <param name="SyntaxError">The first syntax error; null when it parses as a script body (CommonJS) or as a module.</param>
/// <param name="IsModule">Whether it uses import or export declarations, and so is an ES module.</param>
/// <param name="FreeIdentifiers">Identifiers used but bound nowhere in the source, each at its first use. A dynamic import is listed as <c>import()</c>. Property names, strings, comments and template text are not identifiers.</param>
public sealed record JavaScriptAnalysis(CallError? SyntaxError, bool IsModule, IReadOnlyList<FreeIdentifier> FreeIdentifiers);

/// <summary>A free identifier at its first use.</summary>
/// <param name="Name">The identifier.</param>
/// <param name="Line">One-based line.</param>
/// <param name="Column">One-based column.</param>
public sealed record FreeIdentifier(string Name, int Line, int Column);
