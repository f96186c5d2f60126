using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Paddock.Packaging;

namespace Paddock.Packages;

/// <summary>Configs of packages: each belongs to one version, whose schema it satisfies.</summary>
internal sealed class PackageConfigs(PackageStore store)
{
    /// <summary>The config that a version starts with: its own, else that of the version before where it still fits, else none of its members. Null where it takes none, or where its schema requires what nobody has set yet.</summary>
    public ReadOnlyMemory<byte>? For(string pluginId, VerifiedPackage package, string? former)
    {
        if (package.ConfigSchema is not { } schema) return null;
        string?[] candidates = [store.Config(pluginId, package.Digest), former is null ? null : store.Config(pluginId, former), "{}"];
        foreach (string candidate in candidates.OfType<string>())
        {
            byte[] config = Encoding.UTF8.GetBytes(candidate);
            if (schema.Validate(config).Count == 0) return config;
        }

        return null;
    }

    /// <summary>What a plugin is told of a config as it is stored: the defaults of today's schema fill what it leaves out.</summary>
    public static ReadOnlyMemory<byte>? Effective(VerifiedPackage package, ReadOnlyMemory<byte>? config) =>
        config is { } stored && package.ConfigSchema is { } schema ? schema.WithDefaults(stored) : config;

    /// <summary>Checks a config against a version's schema. Codes: <c>NOT_DECLARED</c>, findings of the schema.</summary>
    public static Result<ReadOnlyMemory<byte>> Check(VerifiedPackage package, JsonElement config)
    {
        if (package.ConfigSchema is not { } schema) return ServiceError.NotDeclared("config");
        var findings = schema.Validate(config);
        return findings.Count > 0 ? ServiceError.Invalid(findings) : (ReadOnlyMemory<byte>)JsonMarshal.GetRawUtf8Value(config).ToArray();
    }
}
