using System.Text;

namespace Paddock.Packaging;

/// <summary>The manifest's file, found and parsed, with the dialect it is in.</summary>
internal sealed record ManifestDocument(string Path, PackageDialect Dialect, DataMapping Root, ManifestFindings Findings)
{
    private static readonly string[] Names = ["plugin.yaml", "manifest.yaml", "manifest.json", "nexus.plugin.json"];

    /// <summary>The one manifest of a package, or null with findings.</summary>
    public static ManifestDocument? Find(PackageContents contents)
    {
        var found = Names.Where(contents.Files.ContainsKey).ToList();
        if (found.Count == 0)
        {
            string? near = contents.Files.Keys.FirstOrDefault(f => Names.Append("plugin.yml").Any(n => f.EndsWith(n, StringComparison.OrdinalIgnoreCase)));
            contents.Report(PackageCodes.ManifestMissing, "There is no plugin.yaml.", near is null ? null : Printable.Text(near), "Put it at the root of the package, by that very name.");
            return null;
        }

        // SECURITY: two manifests, of which a reviewer reads the one and the host the other.
        if (found.Count > 1)
            contents.Report(PackageCodes.ManifestSeveral, $"There are {found.Count} manifests: {string.Join(", ", found)}.", found[1], "Keep one of them.");
        return found.Count == 1 ? Parse(found[0], contents) : null;
    }

    private static ManifestDocument? Parse(string path, PackageContents contents)
    {
        var text = contents.Files[path];
        var findings = new ManifestFindings(contents.Findings, path);
        if (text.Length > contents.Limits.ManifestBytes)
        {
            contents.Report(PackageCodes.Syntax, $"The manifest has {text.Length} bytes.", path, $"{contents.Limits.ManifestBytes} are allowed.");
            return null;
        }

        var root = path.EndsWith(".json", StringComparison.Ordinal) ? JsonData.Read(WithoutMark(text.Span), DataBounds.Package, findings) : ReadYaml(text.Span, findings);
        if (root is DataMapping mapping) return new ManifestDocument(path, DialectOf(path, mapping), mapping, findings);
        if (root is not null) findings.Report(PackageCodes.ValueInvalid, root, "The manifest is no mapping of keys to values.");
        return null;
    }

    private static DataNode? ReadYaml(ReadOnlySpan<byte> bytes, ManifestFindings findings)
    {
        try
        {
            return YamlDocument.Read(Utf8.GetString(WithoutMark(bytes)), DataBounds.Package, findings);
        }
        catch (DecoderFallbackException)
        {
            findings.Report(PackageCodes.Syntax, 1, 1, "The manifest is no UTF-8 text.");
            return null;
        }
    }

    private static PackageDialect DialectOf(string path, DataMapping root)
    {
        if (path == "nexus.plugin.json") return PackageDialect.Nexus;
        if (path == "manifest.json" && root.Find("id") is not null) return PackageDialect.AiSwa;
        string? runtime = (root.Find("runtime") as DataScalar)?.Text;
        if (root.Find("apiVersion") is not null || runtime is "javascript" or "python" or "node" or "dotnet" or "go-plugin" or "command" or "container")
            return PackageDialect.Paddock;
        return runtime is "node18" or "python3.11" ? PackageDialect.GituContainer : PackageDialect.GoatKit;
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) => text.StartsWith("\uFEFF"u8) ? text[3..] : text;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
}
