using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Reads GoatKit's plugin.yaml (or manifest.yaml, manifest.json) and the identity in its registrations.</summary>
/// <param name="findings">Where findings go.</param>
/// <param name="strict">Whether an unknown key is an error, as in a manifest; in a registration it is not.</param>
internal sealed partial class GoatKitManifestReader(ManifestFindings findings, bool strict = true) : NodeReader(findings)
{
    private const string KnownKeys = "name, version, runtime, binary, wasm, description, author, license, homepage, min_host_version and resources (for the native format add apiVersion: paddock/v1)";
    private readonly LimitsReader _times = new(findings);
    private PluginManifest _manifest = new() { Name = "", Runtime = PluginRuntime.Template, Entry = "", Dialect = "goatkit" };
    private string? _binary;
    private string? _wasm;

    /// <param name="root">The manifest.</param>
    /// <param name="findings">Where findings go.</param>
    /// <param name="directory">The name of a plugin that names itself nowhere.</param>
    public static PluginManifest Read(DataMapping root, ManifestFindings findings, string directory)
    {
        var reader = new GoatKitManifestReader(findings);
        foreach (var (key, value) in root.Entries)
            if (!(value is DataScalar { IsNull: true })) reader.Read(key, value);
        return reader.Conclude(root, directory);
    }

    /// <summary>What a registration says of the plugin beyond what it contributes, put over what is known of it.</summary>
    public static PluginManifest ReadRegistration(DataMapping root, ManifestFindings findings, PluginManifest known)
    {
        var reader = new GoatKitManifestReader(findings, strict: false) { _manifest = known };
        foreach (var (key, value) in root.Entries)
        {
            // An encoder writes what is not there as null or as empty text.
            if (value is DataScalar { IsNull: true } or DataScalar { Text: "" }) continue;
            if (key.Text is "permissions") reader.ReadPermissions(value);
            else if (key.Text is not ("runtime" or "binary" or "wasm")) reader.Read(key, value);
        }

        return reader._manifest;
    }

    private void Read(DataScalar key, DataNode value)
    {
        switch (key.Text)
        {
            case "name": _manifest = _manifest with { Name = Match(value, Forms.Identifier(), "name", Forms.IdentifierText) ?? "" }; break;
            case "version": _manifest = _manifest with { Version = Version(value, "version") ?? "" }; break;
            case "runtime": ReadRuntime(value); break;
            case "binary": _binary = FilePath(value, "binary"); break;
            case "wasm": _wasm = FilePath(value, "wasm"); break;
            case "description": _manifest = _manifest with { Description = Words(value, "description", 2000, lines: true) }; break;
            case "author": _manifest = _manifest with { Author = Words(value, "author", 200) }; break;
            case "license": _manifest = _manifest with { License = Words(value, "license", 200) }; break;
            case "homepage": _manifest = _manifest with { Homepage = Match(value, Forms.WebAddress(), "homepage", "an http or https address") ?? "" }; break;
            case "min_host_version": ReadMinHost(value); break;
            case "resources": ReadResources(value); break;
            default:
                if (strict) Unknown(key, KnownKeys);
                break;
        }
    }

    private PluginManifest Conclude(DataMapping root, string directory)
    {
        if (root.Find("name") is null)
        {
            if (Forms.Identifier().IsMatch(directory)) _manifest = _manifest with { Name = directory };
            else Findings.Report(PackageCodes.KeyMissing, root, "name is missing, and the directory's name will not do for one.", $"Add a line \"name: …\" with {Forms.IdentifierText}.");
        }

        string entry = _manifest.Runtime switch
        {
            PluginRuntime.Wasm => _wasm ?? _manifest.Name + ".wasm",
            PluginRuntime.GoPlugin => _binary ?? _manifest.Name,
            _ => "",
        };
        return _manifest with { Entry = entry, Isolation = PaddockManifestReader.DefaultIsolation(_manifest.Runtime) };
    }

    private void ReadRuntime(DataNode value)
    {
        if (value is DataScalar { Text: "" } || Match(value, Runtime(), "runtime", "grpc, wasm or template") is not { } text) return;
        _manifest = _manifest with { Runtime = text switch { "grpc" => PluginRuntime.GoPlugin, "wasm" => PluginRuntime.Wasm, _ => PluginRuntime.Template } };
    }

    private void ReadMinHost(DataNode value)
    {
        // It is a version of another host. It says nothing of this one.
        if (Version(value, "min_host_version") is not null)
            Findings.Warn(PackageCodes.KeyIgnored, value, "min_host_version is a version of GoatKit's host and is not compared with this one's.");
    }

    private void ReadResources(DataNode value)
    {
        if (Mapping(value, "resources") is not { } resources) return;
        var limits = new Limits { MemoryBytes = 256L << 20, Timeout = TimeSpan.FromSeconds(30) };
        bool any = false;
        foreach (var (key, item) in resources.Entries)
        {
            // 0 and nothing stand for the default.
            if (item is DataScalar { IsNull: true } or DataScalar { Text: "0" or "" or "0s" }) continue;
            any |= key.Text is not "permissions";
            switch (key.Text)
            {
                case "memory_mb": limits = limits with { MemoryBytes = (Integer(item, key.Text, 1, 65_536) ?? 256) * (1L << 20) }; break;
                case "call_timeout": limits = limits with { Timeout = _times.Time(item, key.Text, 200, 300_000) ?? limits.Timeout }; break;
                case "init_timeout": limits = limits with { InitTimeout = _times.Time(item, key.Text, 200, 300_000) ?? limits.InitTimeout }; break;
                case "shutdown_timeout": limits = limits with { ShutdownTimeout = _times.Time(item, key.Text, 100, 60_000) ?? limits.ShutdownTimeout }; break;
                case "permissions": ReadPermissions(item); break;
                default:
                    if (strict) Unknown(key, "memory_mb, call_timeout, init_timeout, shutdown_timeout and permissions");
                    break;
            }
        }

        if (any) _manifest = _manifest with { Limits = limits };
    }

    private void ReadPermissions(DataNode value) =>
        _manifest = _manifest with { Permissions = [.. _manifest.Permissions, .. new PermissionReader(Findings, goatKit: true).Read(value)] };

    private string? Version(DataNode value, string name)
    {
        if (Match(value, Forms.LooseVersion(), name, "numbers such as 1.0.0") is not { } text) return null;
        text = text.TrimStart('v');
        int rest = text.AsSpan().IndexOfAny('-', '+');
        string core = rest < 0 ? text : text[..rest];
        string padding = core.Count(c => c == '.') switch { 0 => ".0.0", 1 => ".0", _ => "" };
        return core + padding + (rest < 0 ? "" : text[rest..]);
    }

    private string? FilePath(DataNode value, string name)
    {
        if (value is DataScalar { Text: "" } || Text(value, name) is not { } text) return null;
        if (PackagePath.Fault(text) is not { } fault) return text;
        Findings.Report(PackageCodes.PathInvalid, value, $"{name} {fault}");
        return null;
    }

    [GeneratedRegex(@"\A(grpc|wasm|template)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Runtime();
}
