using System.Collections.Frozen;

namespace Paddock.Packaging;

/// <summary>Everything that is checked of a package's files, and the package when nothing stands against it.</summary>
/// <param name="contents">The files; what was found while they were read.</param>
/// <param name="trust">What the operator trusts.</param>
/// <param name="stored">Whether it was verified before and comes from the store.</param>
internal sealed class PackageExamination(PackageContents contents, PackageTrust trust, bool stored)
{
    private readonly SignatureCheck _signatures = new(trust, stored, contents.Findings);
    private PackageSeal _seal = new();

    /// <summary>What was read of the manifest; null where it could not be. Says nothing of whether there are errors.</summary>
    public PluginManifest? Manifest { get; private set; }

    /// <summary>Reads and checks everything.</summary>
    /// <param name="sourceName">The name of a plugin that has no other.</param>
    public void Examine(string sourceName)
    {
        // SECURITY: the signature is judged over every file but itself; it is the one name that is not listed.
        var signature = contents.Take(PackageSigner.FileName);
        if (signature is { } text) _seal = _seal with { File = SignatureFile.AsFile(PackageSigner.FileName, text) };
        if (contents.HasErrors) return;
        if (contents.SingleFile is { } single) ExamineSingle(single);
        else if (ManifestDocument.Find(contents) is { } document) ExaminePackage(document, sourceName);
        if (Manifest is null) return;
        if (!contents.HasErrors) CheckTogether(Manifest);
    }

    /// <summary>The package, unless something stands against it.</summary>
    public PackageVerification Conclude()
    {
        if (contents.HasErrors || Manifest is null)
        {
            if (_seal.File is null) _signatures.RequireTrusted(SignatureState.Unsigned);
            return new PackageVerification(null, contents.Findings);
        }

        var package = new VerifiedPackage(Manifest, contents.Files.ToFrozenDictionary(StringComparer.Ordinal), _seal);
        var signature = _seal.File is { Path: PackageSigner.FileName } file ? SignatureFile.Read(file.Content, contents.Findings, contents.Limits) : null;
        var (state, publisher) = _signatures.Check(signature, signature is null ? [] : PackageStatement.Write(Manifest, package.Listing));
        if (signature is null) state = _seal.State;
        if (!contents.HasErrors) _signatures.RequireTrusted(state); // What is wrong with a signature was said.
        if (trust.RevokedDigests.Contains(package.Digest))
            contents.Report(PackageCodes.DigestRevoked, "This package was revoked.", null, "Install another version.");
        var seal = _seal with { State = state, Publisher = publisher, Findings = [.. contents.Findings] };
        return new PackageVerification(contents.HasErrors ? null : package.With(Manifest, seal), contents.Findings);
    }

    private void ExamineSingle(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        bool wasm = file.EndsWith(".wasm", StringComparison.OrdinalIgnoreCase);
        if (!Forms.Identifier().IsMatch(name))
            contents.Report(PackageCodes.ValueInvalid, $"The file's name will not do for a plugin's: {Forms.IdentifierText}.", Printable.Text(file), "Rename it, or pack it with a plugin.yaml.");
        bool goatKit = wasm && WasmExports.Has(contents.Files[file].Span, "gk_register");
        Manifest = new PluginManifest
        {
            Name = name,
            Runtime = wasm ? PluginRuntime.Wasm : PluginRuntime.JavaScript,
            Entry = file,
            Dialect = goatKit ? "goatkit" : "paddock",
        };
        _seal = _seal with { IsSingleFile = true, NeedsRegistration = goatKit, Dialect = goatKit ? PackageDialect.GoatKit : PackageDialect.Paddock };
        if (contents.SidecarSignature is not { } signature) return;
        _seal = _seal with { File = SignatureFile.AsFile(file + ".sig", signature.ToArray()) };
        if (wasm) _seal = _seal with { State = GoatKitSignature.Check(contents.Files[file], signature, file + ".sig", trust, contents.Findings) };
    }

    private void ExaminePackage(ManifestDocument document, string sourceName)
    {
        var manifest = document.Dialect switch
        {
            PackageDialect.Paddock => PaddockManifestReader.Read(document.Root, document.Findings),
            PackageDialect.GituContainer => ReadGitu(document),
            PackageDialect.Nexus => ReadNexus(document),
            PackageDialect.AiSwa => AiSwaManifestReader.Read(document.Root, document.Findings),
            _ => GoatKitManifestReader.Read(document.Root, document.Findings, sourceName),
        };
        _seal = _seal with { Dialect = document.Dialect, NeedsRegistration = document.Dialect == PackageDialect.GoatKit && manifest is { Runtime: not PluginRuntime.Template } };
        if (document.Dialect == PackageDialect.AiSwa && manifest is not null) _seal = _seal with { State = new AiSwaGate(trust, document).Check(manifest) };
        if (document.Dialect == PackageDialect.GoatKit && manifest is { Entry.Length: > 0 } && contents.Files.TryGetValue(manifest.Entry, out var binary)
            && contents.Files.TryGetValue(manifest.Entry + ".sig", out var signature))
            _seal = _seal with { State = GoatKitSignature.Check(binary, signature, manifest.Entry + ".sig", trust, contents.Findings) };
        if (manifest is null) return;
        if (manifest.Entry.Length > 0 && !contents.Files.ContainsKey(manifest.Entry))
            Missing(manifest.Entry, "entry", document);
        ReadConfigSchema(document, manifest);
        CheckContributedFiles(document, manifest);
        Manifest = manifest;
    }

    private static PluginManifest? ReadGitu(ManifestDocument document)
    {
        var manifest = GituManifestReader.Read(document.Root, document.Findings).Normalise();
        // As a posted draft its name is no identifier; as a package it is one.
        if (manifest is not null && !Forms.Identifier().IsMatch(manifest.Name))
            document.Findings.Report(PackageCodes.ValueInvalid, document.Root.Find("name")!, $"{manifest.Name} will not do for name.", $"Expected: {Forms.IdentifierText}.");
        return manifest;
    }

    private PluginManifest ReadNexus(ManifestDocument document)
    {
        var manifest = NexusManifestReader.Read(document.Root, document.Findings);
        string[] runners = ["runner", manifest.Name];
        return manifest with { Entry = runners.FirstOrDefault(contents.Files.ContainsKey) ?? "runner" };
    }

    private void ReadConfigSchema(ManifestDocument document, PluginManifest manifest)
    {
        ConfigSchema? schema = null;
        if (document.Dialect == PackageDialect.Nexus && document.Root.Find("configSchema") is DataMapping inline)
            schema = ConfigSchema.Read(inline, document.Findings);
        else if (manifest.ConfigSchema is { } path && contents.Files.TryGetValue(path, out var text))
            schema = ConfigSchema.Parse(text, path, contents.Findings);
        else if (manifest.ConfigSchema is { } missing)
            Missing(missing, "configSchema", document);
        _seal = _seal with { ConfigSchema = schema };
    }

    private void CheckContributedFiles(ManifestDocument document, PluginManifest manifest)
    {
        foreach (var template in manifest.Contributes?.Templates ?? [])
            if (template.Path.Length > 0 && !contents.Files.ContainsKey(template.Path)) Missing(template.Path, "contributes", document);
    }

    private static void Missing(string path, string key, ManifestDocument document) =>
        document.Findings.Report(PackageCodes.FileMissing, document.Root.Find(key) ?? document.Root, $"{Printable.Text(path)} is not in the package.", "Names are compared exactly.");

    private void CheckTogether(PluginManifest manifest)
    {
        if (manifest.MinHostVersion is { } least && SemanticVersion.Parse(least) is { } wanted
            && (SemanticVersion.Parse(trust.HostVersion) is not { } host || host.CompareTo(wanted) < 0))
            contents.Report(PackageCodes.HostTooOld, $"The package needs a host of version {least}; this one is {trust.HostVersion}.", "minHostVersion", "Update the host, or get an older version of the package.");
        if (_seal.Dialect == PackageDialect.GoatKit && !_seal.IsSingleFile) Manifest = WithDefaults(manifest, trust, contents.Findings);
    }

    /// <summary>The permissions of GoatKit's default policy for a plugin that asks for none, where the operator wants it so.</summary>
    internal static PluginManifest WithDefaults(PluginManifest manifest, PackageTrust trust, List<Finding> findings)
    {
        if (!trust.GoatKitDefaults || manifest.Permissions.Count > 0 || findings.Exists(f => f.Code == PackageCodes.GoatKitDefaults)) return manifest;
        findings.Add(new Finding(PackageCodes.GoatKitDefaults, "The plugin asks for no permissions and is given those of GoatKit's default policy: all of db to read, and its cache.")
        {
            Severity = FindingSeverity.Warning, Mend = "Switch GoatKitDefaults off, or name what it needs in its manifest.",
        });
        return manifest with
        {
            Permissions =
            [
                new Permission(PermissionType.Db, Access.Read, ["*"]),
                new Permission(PermissionType.Cache, Access.Read | Access.Write, ["*"]),
            ],
        };
    }
}
