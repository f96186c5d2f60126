namespace Paddock.Packaging;

/// <summary>Judges the signature of a package against the keys that are trusted.</summary>
/// <param name="trust">Keys, and whether a signature is required.</param>
/// <param name="stored">Whether the package was verified before: an expired or revoked key is then its state instead of an error.</param>
/// <param name="findings">Where findings go.</param>
internal sealed class SignatureCheck(PackageTrust trust, bool stored, List<Finding> findings)
{
    public (SignatureState State, Publisher? Publisher) Check(SignatureFile? signature, byte[] statement)
    {
        if (signature is null) return (SignatureState.Unsigned, null);
        // SECURITY: only the key that the file names is tried, and its id is the key's own hash: no key is taken for another.
        if (trust.Keys.FirstOrDefault(k => k.Id == signature.KeyId) is not { } key)
        {
            Report(PackageCodes.SignatureKeyUnknown, "The package is signed with a key that is none of the trusted ones.", "Add the publisher's key if you trust it.", FindingSeverity.Warning);
            return (SignatureState.Untrusted, null);
        }

        var publisher = new Publisher(key.Id, key.Name);
        if (!PackageKeys.Verify(key.PublicKey, statement, signature.Signature))
        {
            Report(PackageCodes.SignatureWrong, "The signature does not fit the package: a file was changed, added or removed since it was signed.", "Get it again from its publisher, or sign it again.", FindingSeverity.Error);
            return (SignatureState.Untrusted, null);
        }

        var state = key.StateAt(trust.Time.GetUtcNow());
        var severity = stored ? FindingSeverity.Warning : FindingSeverity.Error;
        if (state == SignatureState.Expired)
            Report(PackageCodes.KeyExpired, "The key that signed the package is not valid now.", "Get a package that was signed with a valid key.", severity);
        else if (state == SignatureState.Revoked)
            Report(PackageCodes.KeyRevoked, "The key that signed the package was revoked.", "Get a package that was signed with another key.", trust.RequireSignatures ? FindingSeverity.Error : severity);
        return (state, publisher);
    }

    public void RequireTrusted(SignatureState state)
    {
        // What expired while it was installed was good when it came in, and its digest is pinned since.
        if (!trust.RequireSignatures || state is SignatureState.Trusted or SignatureState.Expired or SignatureState.Revoked) return;
        Report(PackageCodes.SignatureMissing,
            state == SignatureState.Dialect ? "A signature of a trusted key is required; the dialect's own does not cover the whole package." : "A signature of a trusted key is required.",
            $"Sign the package: it needs a {PackageSigner.FileName}.", FindingSeverity.Error);
    }

    private void Report(string code, string message, string mend, FindingSeverity severity) =>
        findings.Add(new Finding(code, message) { Path = PackageSigner.FileName, Mend = mend, Severity = severity });
}
