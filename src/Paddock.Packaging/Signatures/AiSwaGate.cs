using System.Security.Cryptography;
using System.Text;

namespace Paddock.Packaging;

/// <summary>AI-SWA's own checks, in its order: the manifest's HMAC, then the policy file.</summary>
internal sealed class AiSwaGate(PackageTrust trust, ManifestDocument document)
{
    private static readonly string[] Required = ["compatibility", "dependencies"];

    /// <summary>The state of its signature. Findings say what stands against it.</summary>
    public SignatureState Check(PluginManifest manifest)
    {
        var state = trust.PluginSigningKey is { } key ? CheckSignature(key) : SignatureState.Unsigned;
        if (trust.PluginPolicy is { } policy) CheckPolicy(policy, manifest.Name);
        return state;
    }

    /// <summary>The text that is signed: the manifest without its signature, what was left out filled in, keys sorted, as Python's json.dumps writes it.</summary>
    internal static string Payload(DataMapping root)
    {
        var members = root.Entries.Where(e => e.Key.Text != "signature").ToDictionary(e => e.Key.Text, e => e.Value, StringComparer.Ordinal);
        foreach (string key in Required)
            members.TryAdd(key, key == "dependencies" ? new DataSequence([], 0, 0) : new DataScalar("null", true, 0, 0));
        var text = new StringBuilder();
        PythonJson.Write(new DataMapping([.. members.Select(m => (new DataScalar(m.Key, false, 0, 0), m.Value))], 0, 0), text);
        return text.ToString();
    }

    private SignatureState CheckSignature(ReadOnlyMemory<byte> key)
    {
        if (document.Root.Find("signature") is not DataScalar { Plain: false, Text: { Length: > 0 } signature })
        {
            document.Findings.Report(PackageCodes.DialectSignatureMissing, document.Root, "Signature required", "Sign the manifest, or unset the key.");
            return SignatureState.Unsigned;
        }

        byte[] expected = HMACSHA256.HashData(key.Span, Encoding.ASCII.GetBytes(Payload(document.Root)));
        var given = new byte[expected.Length];
        // SECURITY: compared in constant time, and a form that is no base64 is just wrong.
        bool decoded = Convert.TryFromBase64String(signature, given, out int length) && length == expected.Length;
        if (CryptographicOperations.FixedTimeEquals(expected, given) && decoded) return SignatureState.Dialect;
        document.Findings.Report(PackageCodes.SignatureWrong, document.Root.Find("signature")!, "Invalid plugin signature", "Get it again from its publisher.");
        return SignatureState.Unsigned;
    }

    // SECURITY: a policy file that cannot be read permits nothing.
    private void CheckPolicy(ReadOnlyMemory<byte> policy, string id)
    {
        var unread = new List<Finding>();
        var root = JsonData.Read(policy.Span, DataBounds.Package, new ManifestFindings(unread, "policy.json")) as DataMapping;
        var plugin = (root?.Find("plugins") as DataMapping)?.Find(id) as DataMapping;
        if (unread.Count > 0 || plugin is null)
        {
            document.Findings.Report(PackageCodes.DialectPolicy, document.Root, $"Plugin '{id}' not permitted by policy", "Name it in the policy file.");
            return;
        }

        var permitted = (plugin.Find("permissions") as DataSequence)?.Items.OfType<DataScalar>().Select(p => p.Text).ToHashSet(StringComparer.Ordinal) ?? [];
        var asked = (document.Root.Find("permissions") as DataSequence)?.Items.OfType<DataScalar>() ?? [];
        if (asked.Any(p => !permitted.Contains(p.Text)))
            document.Findings.Report(PackageCodes.DialectPolicy, document.Root.Find("permissions")!, $"Plugin '{id}' requests disallowed permissions", "Permit them in the policy file, or ask for less.");
    }
}
