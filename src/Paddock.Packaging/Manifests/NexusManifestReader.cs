namespace Paddock.Packaging;

/// <summary>Reads nexus.plugin.json.</summary>
internal sealed class NexusManifestReader(ManifestFindings findings) : NodeReader(findings)
{
    private const string Expected = "exact names";
    private PluginManifest _manifest = new() { Name = "", Runtime = PluginRuntime.Command, Entry = "", Isolation = IsolationLevel.Process, Dialect = "nexus" };
    private DeclaredRegistrations _declared = new();

    public static PluginManifest Read(DataMapping root, ManifestFindings findings)
    {
        var reader = new NexusManifestReader(findings);
        foreach (string required in (ReadOnlySpan<string>)["id", "configSchema"])
            if (root.Find(required) is null or DataScalar { Text: "" } or DataScalar { IsNull: true })
                findings.Report(PackageCodes.KeyMissing, root, $"manifest {required} is required", $"Add \"{required}\".");
        foreach (var (key, value) in root.Entries)
            if (value is not DataScalar { IsNull: true }) reader.Read(key, value);
        return reader._manifest with { Declares = reader._declared };
    }

    private void Read(DataScalar key, DataNode value)
    {
        switch (key.Text)
        {
            case "id" when value is not DataScalar { Text: "" }: _manifest = _manifest with { Name = Match(value, Forms.Identifier(), "id", Forms.IdentifierText) ?? "" }; break;
            case "id" or "name" or "kind": Words(value, key.Text, 200); break;
            case "description": _manifest = _manifest with { Description = Words(value, "description", 2000, lines: true) }; break;
            case "version": _manifest = _manifest with { Version = Match(value, Forms.SemVer(), "version", "three numbers such as 1.0.0") ?? "" }; break;
            case "configSchema": Mapping(value, "configSchema"); break; // Parsed where every dialect's is.
            case "tools": _declared = _declared with { Tools = Names(value, key.Text) }; break;
            case "channels": _declared = _declared with { Channels = Names(value, key.Text) }; break;
            case "providers": _declared = _declared with { Providers = Names(value, key.Text) }; break;
            case "commands": _declared = _declared with { Commands = Names(value, key.Text) }; break;
            case "services": _declared = _declared with { Services = Names(value, key.Text) }; break;
            case "hooks": _declared = _declared with { Hooks = Names(value, key.Text) }; break;
            case "capabilities": _manifest = _manifest with { Capabilities = new CapabilityReader(Findings).Read(value) }; break;
            case "metadata" or "uiHints": Mapping(value, key.Text); break;
            default: Unknown(key, "id, configSchema, kind, name, description, version, tools, channels, providers, commands, services, hooks, capabilities, metadata and uiHints"); break;
        }
    }

    private IReadOnlyList<string> Names(DataNode value, string name)
    {
        // Nexus trims before it compares.
        var trimmed = value is DataSequence list
            ? list with { Items = [.. list.Items.Select(i => i is DataScalar text ? text with { Text = text.Text.Trim() } : i)] }
            : value;
        return Matches(trimmed, Forms.Id(), name, Expected);
    }
}
