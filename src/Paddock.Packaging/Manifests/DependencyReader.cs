namespace Paddock.Packaging;

/// <summary>Reads npm or pip packages and their versions.</summary>
internal sealed class DependencyReader(ManifestFindings findings) : NodeReader(findings)
{
    private const int Most = 200;

    public static IReadOnlyDictionary<string, string> Read(DataNode value, ManifestFindings findings) => new DependencyReader(findings).Read(value);

    private SortedDictionary<string, string> Read(DataNode value)
    {
        var read = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Mapping(value, "dependencies") is not { } dependencies) return read;
        if (dependencies.Entries.Count > Most) Findings.Report(PackageCodes.ValueInvalid, value, $"There are more than {Most} dependencies.");
        foreach (var (key, version) in dependencies.Entries)
        {
            // SECURITY: an installer's options, paths and URLs smuggled in as a package name or version.
            var name = Match(key, Forms.DependencyName(), "a dependency's name", "the name of a package");
            var wanted = Match(version, Forms.DependencyVersion(), "a dependency's version", "a version or range, no URL or path");
            if (name is not null && wanted is not null) read[name] = wanted;
        }

        return read;
    }
}
