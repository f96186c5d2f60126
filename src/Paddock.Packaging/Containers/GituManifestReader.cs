using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Reads the Gitu dialect of plugin.yaml: every key known, every value of its form, every error reported.</summary>
internal sealed partial class GituManifestReader(ManifestFindings findings)
{
    private const int LongestDescription = 200;
    private GituManifest _manifest = new();

    public static GituManifest Read(string text, ManifestFindings findings)
    {
        var reader = new GituManifestReader(findings);
        var root = YamlDocument.Read(text, findings);
        if (root is YamlMapping mapping)
            reader.ReadRoot(mapping);
        else if (root is not null)
            findings.Report(root, "The manifest is no mapping of keys to values.");
        return reader._manifest;
    }

    private void ReadRoot(YamlMapping root)
    {
        foreach (var (key, value) in root.Entries)
        {
            switch (key.Text)
            {
                case "name": _manifest = _manifest with { Name = Match(value, Name(), "name", "3 to 50 of a-z, 0-9, _ and -") }; break;
                case "version": _manifest = _manifest with { Version = Match(value, SemVer(), "version", "three numbers such as 1.0.0") ?? "" }; break;
                case "description": ReadDescription(value); break;
                case "runtime": _manifest = _manifest with { Runtime = Match(value, Runtime(), "runtime", "node18 or python3.11") }; break;
                case "entry": ReadEntry(value); break;
                case "permissions": ReadPermissions(value); break;
                case "dependencies": ReadDependencies(value); break;
                default: Unknown(key, "name, version, description, runtime, entry, permissions and dependencies"); break;
            }
        }

        foreach (string required in (ReadOnlySpan<string>)["name", "runtime", "entry"])
            if (!root.Entries.Any(e => e.Key.Text == required))
                findings.Report(root, $"{required} is missing.", $"Add a line \"{required}: …\".");
    }

    private void ReadDescription(YamlNode value)
    {
        if (Text(value, "description") is not { } text) return;
        if (text.Length > LongestDescription || !Printable.IsClean(text))
            findings.Report(value, $"description is longer than {LongestDescription} characters or has some that do not print.");
        _manifest = _manifest with { Description = text };
    }

    private void ReadEntry(YamlNode value)
    {
        if (Text(value, "entry") is not { } text) return;
        if (PackagePath.Fault(text) is { } fault) findings.Report(value, $"entry {fault}");
        else _manifest = _manifest with { Entry = text };
    }

    private void ReadPermissions(YamlNode value)
    {
        if (Mapping(value, "permissions") is not { } permissions) return;
        foreach (var (key, wanted) in permissions.Entries)
        {
            switch (key.Text)
            {
                case "network": Match(wanted, Boolean(), "network", "true or false, without quotes", plainOnly: true); break;
                case "filesystem": Match(wanted, FileSystem(), "filesystem", "none, read-only or read-write"); break;
                case "env": ReadEnvironment(wanted); break;
                default: Unknown(key, "network, filesystem and env"); break;
            }
        }
    }

    private void ReadEnvironment(YamlNode value)
    {
        if (value is not YamlSequence names)
        {
            findings.Report(value, "env is no list.", "Write [] for none.");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in names.Items)
            if (Match(item, EnvironmentName(), "env", "names of letters, digits and _") is { } name && !seen.Add(name))
                findings.Report(item, $"{name} stands in env twice.");
    }

    private void ReadDependencies(YamlNode value)
    {
        if (Mapping(value, "dependencies") is not { } dependencies) return;
        foreach (var (key, version) in dependencies.Entries)
        {
            // SECURITY: an installer's options, paths and URLs smuggled in as a package name or version.
            Match(key, DependencyName(), "a dependency's name", "the name of a package");
            Match(version, DependencyVersion(), "a dependency's version", "a version or range, no URL or path");
        }
    }

    private void Unknown(YamlScalar key, string known) =>
        findings.Report(key, $"{Printable.Text(key.Text)} is not known here.", $"Known are {known}.");

    private YamlMapping? Mapping(YamlNode value, string name)
    {
        if (value is YamlMapping mapping) return mapping;
        findings.Report(value, $"{name} is no mapping.", "Write {} for none.");
        return null;
    }

    private string? Text(YamlNode value, string name)
    {
        if (value is YamlScalar { IsNull: false } scalar) return scalar.Text;
        findings.Report(value, $"{name} has no value that is text.");
        return null;
    }

    private string? Match(YamlNode value, Regex form, string name, string expected, bool plainOnly = false)
    {
        if (Text(value, name) is not { } text) return null;
        if (form.IsMatch(text) && (!plainOnly || value is YamlScalar { Plain: true })) return text;
        findings.Report(value, $"{Printable.Text(text)} will not do for {name}.", $"Expected: {expected}.");
        return null;
    }

    // \z, for $ also matches before a newline at the end. None of these can backtrack: no repetition is inside another.
    [GeneratedRegex(@"\A[a-z0-9_-]{3,50}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(-[0-9A-Za-z.-]{1,64})?(\+[0-9A-Za-z.-]{1,64})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex SemVer();

    [GeneratedRegex(@"\A(node18|python3\.11)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Runtime();

    [GeneratedRegex(@"\A(true|false)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Boolean();

    [GeneratedRegex(@"\A(none|read-only|read-write)\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileSystem();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EnvironmentName();

    [GeneratedRegex(@"\A(@[a-z0-9][a-z0-9._-]{0,99}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DependencyName();

    [GeneratedRegex(@"\A[0-9A-Za-z^~<>=*!][0-9A-Za-z^~<>=*!.,|+ -]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DependencyVersion();
}
