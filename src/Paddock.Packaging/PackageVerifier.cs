using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Turns what somebody posted into a <see cref="VerifiedPackage"/>, or says everything that is wrong with it. The only maker of verified packages.</summary>
/// <param name="analyzer">Parses JavaScript without running it.</param>
public sealed partial class PackageVerifier(IJavaScriptAnalyzer analyzer)
{
    // Compatibility, not safety: the sandbox has none of these anyway, and an author is better told before the first call.
    private static readonly FrozenSet<string> Disallowed = FrozenSet.Create(StringComparer.Ordinal,
        "require", "import()", "process", "child_process", "fs", "net", "dgram", "worker_threads", "vm", "eval");

    /// <summary>Verifies a posted draft. Any draft gives an answer; only cancellation and a null argument throw.</summary>
    public async Task<PackageVerification> VerifyDraftAsync(PluginDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var examination = DraftValidator.Examine(draft);
        if (!draft.IsContainer && examination.Files.TryGetValue("plugin.js", out var source))
            await AnalyzeAsync(source, draft.Code!, examination, cancellationToken).ConfigureAwait(false);
        return Conclude(examination);
    }

    /// <summary>Makes the package again of a draft that was verified before and then stored. Everything is checked again except the JavaScript's free identifiers, which cannot have changed if the digest has not.</summary>
    /// <param name="draft">The draft as stored.</param>
    /// <param name="expectedDigest">The digest it had when it was verified.</param>
    // SECURITY: a reload path that skips verification; stored files rewritten behind the host's back.
    public static PackageVerification VerifyStored(PluginDraft draft, string expectedDigest)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(expectedDigest);
        var verification = Conclude(DraftValidator.Examine(draft));
        if (verification.Package is not { } package || string.Equals(package.Digest, expectedDigest, StringComparison.Ordinal))
            return verification;
        var finding = new Finding(FindingCodes.DigestMismatch, "The stored package is not the one that was verified.") { Mend = "Save the plugin again." };
        return new PackageVerification(null, [.. verification.Findings, finding]);
    }

    private static PackageVerification Conclude(DraftExamination examination) => new(
        examination.HasErrors || examination.Manifest is null ? null : new VerifiedPackage(examination.Manifest, examination.Files),
        examination.Findings);

    private async Task AnalyzeAsync(ReadOnlyMemory<byte> source, string text, DraftExamination examination, CancellationToken cancellationToken)
    {
        JavaScriptAnalysis analysis;
        try
        {
            analysis = await analyzer.AnalyzeAsync(source, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The analyzer runs over hostile source. What it cannot parse is refused, whatever the reason.
            examination.Report(FindingCodes.CodeAnalysisFailed, "The code could not be analysed.", "code", "Make it smaller or less deeply nested.");
            return;
        }

        if (analysis.SyntaxError is { } error)
        {
            examination.Findings.Add(new Finding(FindingCodes.CodeCompileError, Printable.Text(error.Message)) { Path = "code", Line = error.Line, Column = error.Column });
            if (LooksLikeContainerManifest().IsMatch(text))
                examination.Report(FindingCodes.FilesRequired, "The code looks like a plugin.yaml, but there are no files.", "config.files", "Send the files of a container plugin in config.files.");
        }

        foreach (var identifier in analysis.FreeIdentifiers.Where(i => Disallowed.Contains(i.Name)))
            examination.Findings.Add(new Finding(FindingCodes.CodeDisallowed, $"{identifier.Name} is not available to a plugin.")
            {
                Path = "code",
                Line = identifier.Line,
                Column = identifier.Column,
                Mend = "Use the functions of ctx, or make it a container plugin.",
            });
    }

    [GeneratedRegex(@"^runtime:[ \t]*(node18|python3\.11)[ \t\r]*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeContainerManifest();
}
