namespace Paddock.Packaging;

/// <summary>What is known of a draft so far: findings, and the package it would make if none of them is an error.</summary>
internal sealed class DraftExamination
{
    public List<Finding> Findings { get; } = [];

    public Dictionary<string, ReadOnlyMemory<byte>> Files { get; } = new(StringComparer.Ordinal);

    public PluginManifest? Manifest { get; set; }

    public bool HasErrors => Findings.Any(f => f.Severity == FindingSeverity.Error);

    public void Report(string code, string message, string? path, string? mend = null) =>
        Findings.Add(new Finding(code, message) { Path = path, Mend = mend });
}
