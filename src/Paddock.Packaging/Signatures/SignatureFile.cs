using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>What stands in paddock.sig.</summary>
internal sealed partial record SignatureFile(string KeyId, byte[] Signature)
{
    // SECURITY: the format names the one algorithm there is. Nothing in the file chooses a hash or a curve.
    public const string Format = "paddock-ed25519-v1";

    public static PackageFile AsFile(string path, ReadOnlyMemory<byte> content) =>
        new(path, content, Convert.ToHexStringLower(SHA256.HashData(content.Span)));

    /// <summary>The signature, or null with findings.</summary>
    public static SignatureFile? Read(ReadOnlyMemory<byte> text, List<Finding> all, PackageLimits limits)
    {
        var found = new List<Finding>();
        var findings = new ManifestFindings(found, PackageSigner.FileName, PackageCodes.SignatureMalformed);
        if (text.Length > limits.SignatureBytes) findings.Report(PackageCodes.SignatureMalformed, 1, 1, $"The signature has more than {limits.SignatureBytes} bytes.");
        var file = found.Count == 0 ? new Reader(findings).Read(JsonData.Read(text.Span, DataBounds.Draft, findings)) : null;
        all.AddRange(found);
        return found.Count == 0 ? file : null;
    }

    private sealed class Reader(ManifestFindings findings) : NodeReader(findings)
    {
        public SignatureFile? Read(DataNode? node)
        {
            if (node is null || Mapping(node, "the signature") is not { } root) return null;
            Require(root, "format", "keyId", "signature");
            string? format = null, keyId = null, signature = null;
            foreach (var (key, value) in root.Entries)
            {
                switch (key.Text)
                {
                    case "format": format = Match(value, FormatForm(), "format", Format); break;
                    case "keyId": keyId = Match(value, KeyIdForm(), "keyId", "64 digits of lower-case hex"); break;
                    case "signature": signature = Match(value, SignatureForm(), "signature", "64 bytes in base64"); break;
                    default: Unknown(key, "format, keyId and signature"); break;
                }
            }

            return format is null || keyId is null || signature is null ? null : new SignatureFile(keyId, Convert.FromBase64String(signature));
        }
    }

    [GeneratedRegex(@"\Apaddock-ed25519-v1\z", RegexOptions.CultureInvariant)]
    private static partial Regex FormatForm();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyIdForm();

    [GeneratedRegex(@"\A[A-Za-z0-9+/]{86}==\z", RegexOptions.CultureInvariant)]
    private static partial Regex SignatureForm();
}
