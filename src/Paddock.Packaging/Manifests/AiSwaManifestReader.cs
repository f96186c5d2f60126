using System.Buffers;

namespace Paddock.Packaging;

/// <summary>Reads AI-SWA's manifest.json.</summary>
internal sealed class AiSwaManifestReader(ManifestFindings findings) : NodeReader(findings)
{
    internal const string Entry = "plugin.py";
    private static readonly SearchValues<char> Operators = SearchValues.Create("=<>!~ ");
    private PluginManifest _manifest = new() { Name = "", Runtime = PluginRuntime.Python, Entry = Entry, Isolation = IsolationLevel.Process, Dialect = "ai-swa" };

    public static PluginManifest Read(DataMapping root, ManifestFindings findings)
    {
        var reader = new AiSwaManifestReader(findings);
        reader.Require(root, "id", "name", "version", "permissions");
        foreach (var (key, value) in root.Entries) reader.Read(key, value);
        return reader._manifest;
    }

    private void Read(DataScalar key, DataNode value)
    {
        switch (key.Text)
        {
            case "id": _manifest = _manifest with { Name = Match(value, Forms.Identifier(), "id", Forms.IdentifierText) ?? "" }; break;
            case "name": _manifest = _manifest with { Description = Words(value, "name", 200) }; break;
            case "version": ReadVersion(value); break;
            case "permissions": ReadPermissions(value); break;
            case "dependencies": ReadDependencies(value); break;
            case "compatibility" or "signature" when value is DataScalar { IsNull: true }: break;
            case "compatibility": Words(value, "compatibility", 200); break;
            case "signature": Text(value, "signature"); break;
            default: Unknown(key, "id, name, version, permissions, dependencies, compatibility and signature"); break;
        }
    }

    private void ReadVersion(DataNode value)
    {
        if (Match(value, Forms.LooseVersion(), "version", "numbers such as 1.0.0") is not { } text) return;
        int rest = text.AsSpan().IndexOfAny('-', '+');
        string core = (rest < 0 ? text : text[..rest]).TrimStart('v');
        _manifest = _manifest with { Version = core + core.Count(c => c == '.') switch { 0 => ".0.0", 1 => ".0", _ => "" } + (rest < 0 ? "" : text[rest..]) };
    }

    private void ReadPermissions(DataNode value)
    {
        List<Permission> asked = [];
        foreach (var item in Items(value, "permissions"))
        {
            switch (Text(item, "a permission"))
            {
                case "read_files": asked.Add(new Permission(PermissionType.Files, Access.Read, ["."])); break;
                // It names no hosts: it asks for all, and gets those that policy names.
                case "network": asked.Add(new Permission(PermissionType.Http, Access.Execute, ["*"])); break;
                case { } other: Findings.Report(PackageCodes.PermissionUnknown, item, $"Permission '{Printable.Text(other)}' not allowed", "Known are read_files and network."); break;
                default: break;
            }
        }

        _manifest = _manifest with { Permissions = [.. asked.DistinctBy(p => p.Type)] };
    }

    private void ReadDependencies(DataNode value)
    {
        if (value is DataScalar { IsNull: true }) return;
        foreach (var item in Items(value, "dependencies"))
        {
            // pip's own form is name, then a range: "requests>=2".
            string? text = Text(item, "a dependency");
            int end = text?.AsSpan().IndexOfAny(Operators) ?? -1;
            if (text is null) continue;
            string name = end < 0 ? text : text[..end], version = end < 0 ? "*" : text[end..].Trim();
            if (Forms.DependencyName().IsMatch(name) && Forms.DependencyVersion().IsMatch(version))
                _manifest = _manifest with { Dependencies = new SortedDictionary<string, string>(_manifest.Dependencies.ToDictionary(), StringComparer.Ordinal) { [name] = version } };
            else
                Findings.Report(PackageCodes.ValueInvalid, item, $"{Printable.Text(text)} will not do for a dependency.", "Expected: a name and a version, no URL or path.");
        }
    }
}
