namespace Paddock.Packaging;

/// <summary>Reads the registration that a plugin's code answers (<c>gk_register</c>, an exported <c>register</c>). Any bytes give a registration or findings; none make it throw.</summary>
public static class RegistrationReader
{
    internal const string Path = "registration";

    /// <summary>Longest registration, in bytes.</summary>
    public const int LongestJson = 4 << 20;

    /// <summary>Reads the JSON. Keys that are not known are passed over; a value that is not of its form is an error.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="pluginName">Name of the plugin: what it names itself must be this, and its translations go by it.</param>
    public static RegistrationReading Read(ReadOnlyMemory<byte> json, string pluginName)
    {
        ArgumentNullException.ThrowIfNull(pluginName);
        var list = new List<Finding>();
        var findings = new ManifestFindings(list, Path);
        var registration = Parse(json, findings) is { } root ? new ContributionReader(findings, strict: false).Read(root, pluginName) : null;
        // SECURITY: a plugin that registers under another's name would get what is that one's.
        if (registration?.Name is { Length: > 0 } name && name != pluginName)
            findings.Report(PackageCodes.RegistrationName, 1, 1, $"The registration is of {Printable.Text(name)}, the package is {Printable.Text(pluginName)}.", "Use one name in both.");
        return new RegistrationReading(list.Exists(f => f.Severity == FindingSeverity.Error) ? null : registration, list);
    }

    internal static DataNode? Parse(ReadOnlyMemory<byte> json, ManifestFindings findings)
    {
        if (json.Length <= LongestJson) return JsonData.Read(json.Span, DataBounds.Registration, findings);
        findings.Report(PackageCodes.Syntax, 1, 1, $"The registration has more than {LongestJson} bytes.");
        return null;
    }
}

/// <summary>What came of reading a registration.</summary>
/// <param name="Registration">What the plugin contributes; null when any finding is an error.</param>
/// <param name="Findings">Everything that was found.</param>
public sealed record RegistrationReading(Registration? Registration, IReadOnlyList<Finding> Findings);
