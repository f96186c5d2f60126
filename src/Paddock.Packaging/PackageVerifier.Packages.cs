namespace Paddock.Packaging;

/// <summary>Verification of packages: directories, files, zips, and what the store holds of them.</summary>
public sealed partial class PackageVerifier
{
    /// <summary>Reads and verifies a package. Any content gives an answer; only cancellation and a null argument throw.</summary>
    /// <param name="source">Where it comes from; read once, up to 500 MB.</param>
    /// <param name="trust">What the operator trusts.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<PackageVerification> VerifyPackageAsync(PackageSource source, PackageTrust trust, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(trust);
        return VerifyPackageAsync(source, trust, PackageLimits.Default, cancellationToken);
    }

    internal async Task<PackageVerification> VerifyPackageAsync(PackageSource source, PackageTrust trust, PackageLimits limits, CancellationToken cancellationToken)
    {
        var contents = new PackageContents(limits);
        var examination = new PackageExamination(contents, trust, stored: false);
        // Off the caller's thread: unpacking and hashing hundreds of megabytes takes its time.
        await Task.Run(() =>
        {
            source.Read(contents, cancellationToken);
            examination.Examine(source.Name);
        }, cancellationToken).ConfigureAwait(false);
        if (examination.Manifest is { Runtime: PluginRuntime.JavaScript, Entry: var entry } && contents.Files.TryGetValue(entry, out var code))
            await AnalyzeEntryAsync(entry, code, contents, cancellationToken).ConfigureAwait(false);
        return examination.Conclude();
    }

    /// <summary>Makes the package again of files that were verified before and then stored. Everything is checked again, except that code parses, which cannot have changed if the digest has not.</summary>
    /// <param name="files">What was stored: <see cref="VerifiedPackage.Listing"/> and <see cref="VerifiedPackage.SignatureFile"/>. Their hashes are taken again.</param>
    /// <param name="expectedDigest">The digest it had when it was verified.</param>
    /// <param name="trust">What the operator trusts now. A key that expired or was revoked since is the package's <see cref="VerifiedPackage.Signature"/>, with a warning; a revoked one is an error where signatures are required.</param>
    // SECURITY: a reload path that skips verification; stored files rewritten behind the host's back.
    public static PackageVerification VerifyStored(IReadOnlyList<PackageFile> files, string expectedDigest, PackageTrust trust)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(expectedDigest);
        ArgumentNullException.ThrowIfNull(trust);
        var contents = new PackageContents(PackageLimits.Default);
        AddStored(files, contents);
        var examination = new PackageExamination(contents, trust, stored: true);
        examination.Examine("");
        var verification = examination.Conclude();
        if (verification.Package is not { } package || string.Equals(package.Digest, expectedDigest, StringComparison.Ordinal)) return verification;
        var finding = new Finding(PackageCodes.DigestMismatch, "The stored package is not the one that was verified.") { Mend = "Install it again." };
        return new PackageVerification(null, [.. verification.Findings, finding]);
    }

    /// <summary>Puts what a plugin's code says of itself over what its package says: for a GoatKit plugin its name, version, permissions and limits too, for every plugin what it contributes. The digest stays.</summary>
    /// <param name="package">A verified package.</param>
    /// <param name="registration">UTF-8 JSON, as the code answered it while every host call was refused.</param>
    /// <param name="trust">For the permissions of <see cref="PackageTrust.GoatKitDefaults"/>.</param>
    /// <returns>The package with the manifest extended, or everything that is wrong with the registration. Any bytes give an answer.</returns>
    public static PackageVerification WithRegistration(VerifiedPackage package, ReadOnlyMemory<byte> registration, PackageTrust trust)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(trust);
        return RegistrationMerge.Merge(package, registration, trust);
    }

    private static void AddStored(IReadOnlyList<PackageFile> files, PackageContents contents)
    {
        foreach (var file in files) contents.Add(file.Path, file.Content);
        // A single file has no manifest beside it, and at most its own signature.
        var single = files.Where(f => f.Path.EndsWith(".wasm", StringComparison.OrdinalIgnoreCase) || f.Path.EndsWith(".js", StringComparison.OrdinalIgnoreCase)).ToList();
        if (single.Count != 1 || files.Any(f => f != single[0] && f.Path != single[0].Path + ".sig")) return;
        contents.SingleFile = single[0].Path;
        contents.SidecarSignature = contents.Take(single[0].Path + ".sig");
    }

    private async Task AnalyzeEntryAsync(string entry, ReadOnlyMemory<byte> code, PackageContents contents, CancellationToken cancellationToken)
    {
        try
        {
            if ((await analyzer.AnalyzeAsync(code, cancellationToken).ConfigureAwait(false)).SyntaxError is { } error)
                contents.Findings.Add(new Finding(PackageCodes.CodeInvalid, Printable.Text(error.Message)) { Path = entry, Line = error.Line, Column = error.Column });
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A bundle too large for the parser in the sandbox is no fault of the package. What does not parse does not load.
            contents.Report(PackageCodes.CodeInvalid, "The code could not be parsed beforehand.", entry, severity: FindingSeverity.Information);
        }
    }
}
