namespace Paddock.Packaging;

/// <summary>Puts a registration over the manifest of a package.</summary>
internal static class RegistrationMerge
{
    public static PackageVerification Merge(VerifiedPackage package, ReadOnlyMemory<byte> json, PackageTrust trust)
    {
        List<Finding> list = [.. package.Findings];
        var findings = new ManifestFindings(list, RegistrationReader.Path);
        var manifest = package.Manifest;
        if (RegistrationReader.Parse(json, findings) is not { } root) return new PackageVerification(null, list);
        if (root is not DataMapping mapping)
        {
            findings.Report(PackageCodes.ValueInvalid, root, "The registration is no object.");
            return new PackageVerification(null, list);
        }

        if (package.Dialect == PackageDialect.GoatKit) manifest = Identify(package, mapping, findings, trust, list);
        else if (mapping.Find("name") is DataScalar { IsNull: false, Text: { Length: > 0 } name } node && name != manifest.Name)
            findings.Report(PackageCodes.RegistrationName, node, $"The registration is of {Printable.Text(name)}, the package is {manifest.Name}.", "Use one name in both.");
        var registration = new ContributionReader(findings, strict: false).Read(mapping, manifest.Name);
        CheckFiles(registration, package, findings);
        // SECURITY: what an operator read in the manifest and approved is not to be exchanged by what the code says afterwards.
        if (manifest.Contributes is not null && SaysSomething(registration))
            findings.Report(PackageCodes.RegistrationTwice, root, "The manifest says what the plugin contributes, and its code says it too.", "Keep one of them.");
        else if (manifest.Contributes is null)
            manifest = manifest with { Contributes = registration };
        return new PackageVerification(list.Exists(f => f.Severity == FindingSeverity.Error) ? null : package.With(manifest, package.Seal with { NeedsRegistration = false, Findings = list }), list);
    }

    private static PluginManifest Identify(VerifiedPackage package, DataMapping root, ManifestFindings findings, PackageTrust trust, List<Finding> list)
    {
        var before = package.Manifest;
        var after = GoatKitManifestReader.ReadRegistration(root, findings, before);
        if (!package.Seal.IsSingleFile)
        {
            if (after.Name != before.Name)
                findings.Report(PackageCodes.RegistrationName, root.Find("name")!, $"The registration is of {Printable.Text(after.Name)}, the package is {before.Name}.", "Use one name in both.");
            // SECURITY: with a manifest that is signed or was read by a person, code may not ask for more than that says.
            after = after with { Name = before.Name, Version = before.Version, Permissions = before.Permissions.Count > 0 ? before.Permissions : after.Permissions };
        }

        return PackageExamination.WithDefaults(after, trust, list);
    }

    private static void CheckFiles(Registration registration, VerifiedPackage package, ManifestFindings findings)
    {
        // A single module has no files: its templates are its functions.
        if (package.Seal.IsSingleFile) return;
        foreach (var template in registration.Templates)
            if (template.Path.Length > 0 && !package.Files.ContainsKey(template.Path))
                findings.Warn(PackageCodes.FileMissing, new DataScalar("", false, 1, 1), $"{Printable.Text(template.Path)} is not in the package.");
    }

    private static bool SaysSomething(Registration said) => said.Translations is not null || said.LandingPage is not null
        || said.Routes.Count + said.MenuItems.Count + said.Widgets.Count + said.Jobs.Count + said.Templates.Count + said.ErrorCodes.Count + said.Tools.Count
        + said.Commands.Count + said.Channels.Count + said.Services.Count + said.Hooks.Count + said.Exports.Count + said.HideMenuItems.Count > 0;
}
