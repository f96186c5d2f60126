using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Reads the native plugin.yaml: every key known, every value of its form, every error reported.</summary>
internal sealed partial class PaddockManifestReader(ManifestFindings findings) : NodeReader(findings)
{
    internal const string ApiVersion = "paddock/v1";

    /// <summary>The keys of the manifest, as the published schema has them.</summary>
    internal static readonly string[] Keys =
    [
        "apiVersion", "name", "version", "description", "author", "license", "homepage", "runtime", "entry", "entryPoint", "minHostVersion",
        "configSchema", "secrets", "isolation", "permissions", "capabilities", "limits", "dependencies", "stateful", "contributes",
    ];

    private PluginManifest _manifest = new() { Name = "", Runtime = PluginRuntime.JavaScript, Entry = "", Dialect = "paddock" };

    public static PluginManifest Read(DataMapping root, ManifestFindings findings)
    {
        var reader = new PaddockManifestReader(findings);
        reader.Require(root, "apiVersion", "name", "version", "runtime");
        foreach (var (key, value) in root.Entries) reader.Read(key, value);
        reader.CheckTogether(root);
        return reader._manifest;
    }

    private void Read(DataScalar key, DataNode value)
    {
        switch (key.Text)
        {
            case "apiVersion":
                if (Text(value, "apiVersion") is { } api && api != ApiVersion)
                    Findings.Report(PackageCodes.ApiVersion, value, $"{Printable.Text(api)} is no apiVersion of this host.", $"Write {ApiVersion}.");
                break;
            case "name": _manifest = _manifest with { Name = Match(value, Forms.Identifier(), "name", Forms.IdentifierText) ?? "" }; break;
            case "version": _manifest = _manifest with { Version = Match(value, Forms.SemVer(), "version", "three numbers such as 1.0.0") ?? "" }; break;
            case "description": _manifest = _manifest with { Description = Words(value, "description", 2000, lines: true) }; break;
            case "author": _manifest = _manifest with { Author = Words(value, "author", 200) }; break;
            case "license": _manifest = _manifest with { License = Words(value, "license", 200) }; break;
            case "homepage": _manifest = _manifest with { Homepage = Match(value, Forms.WebAddress(), "homepage", "an http or https address") ?? "" }; break;
            case "runtime": ReadRuntime(value); break;
            case "entry": _manifest = _manifest with { Entry = FilePath(value, "entry") ?? "" }; break;
            case "entryPoint": _manifest = _manifest with { EntryPoint = Match(value, Forms.Handler(), "entryPoint", Forms.HandlerText) }; break;
            case "minHostVersion": _manifest = _manifest with { MinHostVersion = Match(value, Forms.SemVer(), "minHostVersion", "three numbers such as 1.0.0") }; break;
            case "configSchema": _manifest = _manifest with { ConfigSchema = FilePath(value, "configSchema") }; break;
            case "secrets": _manifest = _manifest with { Secrets = Matches(value, Forms.SecretName(), "secrets", "names of letters, digits, _, . and -") }; break;
            case "isolation": ReadIsolation(value); break;
            case "permissions": _manifest = _manifest with { Permissions = new PermissionReader(Findings).Read(value) }; break;
            case "capabilities": _manifest = _manifest with { Capabilities = new CapabilityReader(Findings).Read(value) }; break;
            case "limits": _manifest = _manifest with { Limits = new LimitsReader(Findings).Read(value) }; break;
            case "dependencies": _manifest = _manifest with { Dependencies = DependencyReader.Read(value, Findings) }; break;
            case "stateful": _manifest = _manifest with { Stateful = Flag(value, "stateful") ?? false }; break;
            case "contributes": break; // Needs the name, which may come later.
            default: Unknown(key, string.Join(", ", Keys)); break;
        }
    }

    private void CheckTogether(DataMapping root)
    {
        if (root.Find("contributes") is { } contributes)
            _manifest = _manifest with { Contributes = new ContributionReader(Findings, strict: true).Read(contributes, _manifest.Name) };
        if (root.Find("runtime") is DataScalar { Text: "template" })
        {
            if (root.Find("entry") is { } entry) Findings.Report(PackageCodes.ValueInvalid, entry, "A plugin without code has no entry.", "Leave it out.");
        }
        else
        {
            Require(root, "entry");
        }

        var least = DefaultIsolation(_manifest.Runtime);
        if (root.Find("isolation") is not { } isolation) _manifest = _manifest with { Isolation = least };
        else if (_manifest.Isolation < least)
            Findings.Report(PackageCodes.IsolationTooLow, isolation, "The isolation is weaker than the runtime allows.", $"Write {IsolationName(least)}, or leave it out.");
    }

    private void ReadRuntime(DataNode value)
    {
        if (Match(value, Runtime(), "runtime", "javascript, wasm, python, node, dotnet, go-plugin, command, container or template") is not { } text) return;
        _manifest = _manifest with
        {
            Runtime = text switch
            {
                "javascript" => PluginRuntime.JavaScript,
                "wasm" => PluginRuntime.Wasm,
                "python" => PluginRuntime.Python,
                "node" => PluginRuntime.Node,
                "dotnet" => PluginRuntime.Dotnet,
                "go-plugin" => PluginRuntime.GoPlugin,
                "command" => PluginRuntime.Command,
                "container" => PluginRuntime.Container,
                _ => PluginRuntime.Template,
            },
        };
    }

    private void ReadIsolation(DataNode value)
    {
        if (Match(value, Isolation(), "isolation", "inprocess, process, container, microvm or remote") is not { } text) return;
        _manifest = _manifest with { Isolation = Enum.GetValues<IsolationLevel>().First(level => IsolationName(level) == text) };
    }

    private string? FilePath(DataNode value, string name)
    {
        if (Text(value, name) is not { } text) return null;
        if (PackagePath.Fault(text) is not { } fault) return text;
        Findings.Report(PackageCodes.PathInvalid, value, $"{name} {fault}");
        return null;
    }

    /// <summary>The weakest isolation that a runtime can have.</summary>
    internal static IsolationLevel DefaultIsolation(PluginRuntime runtime) => runtime switch
    {
        PluginRuntime.JavaScript or PluginRuntime.Wasm or PluginRuntime.Template => IsolationLevel.InProcess,
        PluginRuntime.Container => IsolationLevel.Container,
        _ => IsolationLevel.Process,
    };

    private static string IsolationName(IsolationLevel level) => level switch
    {
        IsolationLevel.InProcess => "inprocess",
        IsolationLevel.Process => "process",
        IsolationLevel.Container => "container",
        IsolationLevel.MicroVm => "microvm",
        _ => "remote",
    };

    [GeneratedRegex(@"\A(javascript|wasm|python|node|dotnet|go-plugin|command|container|template)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Runtime();

    [GeneratedRegex(@"\A(inprocess|process|container|microvm|remote)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Isolation();
}
