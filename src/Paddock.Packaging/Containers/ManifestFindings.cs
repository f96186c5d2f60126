namespace Paddock.Packaging;

/// <summary>Findings about a plugin.yaml, each with its place. Bounded: a manifest of nothing but mistakes does not make an answer of megabytes.</summary>
internal sealed class ManifestFindings(List<Finding> findings)
{
    private const int Most = 100;
    private int _count;

    public void Report(YamlNode at, string message, string? mend = null) => Report(at.Line, at.Column, message, mend);

    public void Report(int line, int column, string message, string? mend = null)
    {
        if (++_count > Most) return;
        findings.Add(new Finding(FindingCodes.ManifestInvalid, message) { Path = "code", Line = line, Column = column, Mend = mend });
    }
}
