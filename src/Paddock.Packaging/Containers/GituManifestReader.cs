using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Reads the Gitu dialect of plugin.yaml: every key known, every value of its form, every error reported.</summary>
internal sealed partial class GituManifestReader(ManifestFindings findings) : NodeReader(findings)
{
    private const int LongestDescription = 200;
    private GituManifest _manifest = new();

    private bool _network;
    private Access _files;

    public static GituManifest Read(string text, ManifestFindings findings) =>
        Read(YamlDocument.Read(text, DataBounds.Draft, findings), findings);

    public static GituManifest Read(DataNode? root, ManifestFindings findings)
    {
        var reader = new GituManifestReader(findings);
        if (root is DataMapping mapping)
            reader.ReadRoot(mapping);
        else if (root is not null)
            findings.Report(PackageCodes.ValueInvalid, root, "The manifest is no mapping of keys to values.");
        return reader._manifest;
    }

    private void ReadRoot(DataMapping root)
    {
        foreach (var (key, value) in root.Entries)
        {
            switch (key.Text)
            {
                case "name": _manifest = _manifest with { Name = Match(value, Name(), "name", "3 to 50 of a-z, 0-9, _ and -") }; break;
                case "version": _manifest = _manifest with { Version = Match(value, Forms.SemVer(), "version", "three numbers such as 1.0.0") ?? "" }; break;
                case "description": _manifest = _manifest with { Description = Words(value, "description", LongestDescription) }; break;
                case "runtime": _manifest = _manifest with { Runtime = Match(value, Runtime(), "runtime", "node18 or python3.11") }; break;
                case "entry": ReadEntry(value); break;
                case "permissions": ReadPermissions(value); break;
                case "dependencies": ReadDependencies(value); break;
                default: Unknown(key, "name, version, description, runtime, entry, permissions and dependencies"); break;
            }
        }

        Require(root, "name", "runtime", "entry");
    }

    private void ReadEntry(DataNode value)
    {
        if (Text(value, "entry") is not { } text) return;
        if (PackagePath.Fault(text) is { } fault) Findings.Report(PackageCodes.PathInvalid, value, $"entry {fault}");
        else _manifest = _manifest with { Entry = text };
    }

    private void ReadPermissions(DataNode value)
    {
        if (Mapping(value, "permissions") is not { } permissions) return;
        foreach (var (key, wanted) in permissions.Entries)
        {
            switch (key.Text)
            {
                case "network": _network = Flag(wanted, "network") ?? false; break;
                case "filesystem": _files = FileAccess(Match(wanted, FileSystem(), "filesystem", "none, read-only or read-write")); break;
                case "env": _manifest = _manifest with { Secrets = Matches(wanted, EnvironmentName(), "env", "names of letters, digits and _") }; break;
                default: Unknown(key, "network, filesystem and env"); break;
            }
        }

        List<Permission> asked = [];
        // The dialect names no hosts: it asks for all, and gets those that policy names.
        if (_network) asked.Add(new Permission(PermissionType.Http, Access.Execute, ["*"]));
        if (_files != Access.None) asked.Add(new Permission(PermissionType.Files, _files, ["."]));
        _manifest = _manifest with { Permissions = asked };
    }

    private static Access FileAccess(string? filesystem) => filesystem switch
    {
        "read-only" => Access.Read,
        "read-write" => Access.Read | Access.Write | Access.Delete,
        _ => Access.None,
    };

    private void ReadDependencies(DataNode value) => _manifest = _manifest with { Dependencies = DependencyReader.Read(value, Findings) };

    // \z, for $ also matches before a newline at the end. None of these can backtrack: no repetition is inside another.
    [GeneratedRegex(@"\A[a-z0-9_-]{3,50}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(node18|python3\.11)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Runtime();

    [GeneratedRegex(@"\A(none|read-only|read-write)\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileSystem();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EnvironmentName();
}
