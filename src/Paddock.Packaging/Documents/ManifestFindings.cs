namespace Paddock.Packaging;

/// <summary>Findings about one document, each with its place. Bounded: a manifest of nothing but mistakes does not make an answer of megabytes.</summary>
/// <param name="findings">Where they go.</param>
/// <param name="path">The file, or the field, that the places are in.</param>
/// <param name="onlyCode">The one code of a dialect that has only one; null to use the findings' own.</param>
internal sealed class ManifestFindings(List<Finding> findings, string path = "code", string? onlyCode = null)
{
    private const int Most = 100;
    private int _count;

    public string Path => path;

    public void Report(string code, DataNode at, string message, string? mend = null) => Report(code, at.Line, at.Column, message, mend);

    public void Warn(string code, DataNode at, string message, string? mend = null) =>
        Report(code, at.Line, at.Column, message, mend, FindingSeverity.Warning);

    public void Report(string code, int line, int column, string message, string? mend = null, FindingSeverity severity = FindingSeverity.Error)
    {
        if (++_count > Most) return;
        findings.Add(new Finding(onlyCode ?? code, message) { Path = path, Line = line, Column = column, Mend = mend, Severity = severity });
    }
}
