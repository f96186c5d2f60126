using Paddock.Packaging;

namespace Paddock.Policy;

/// <summary>How a host isolates plugins, beyond what their manifests and policies ask for. A rule raises a plugin's level, and never lowers it.</summary>
public sealed record IsolationRules
{
    /// <summary>Adds nothing.</summary>
    public static IsolationRules None { get; } = new();

    /// <summary>The least level of every plugin, or of those that <see cref="Only"/> names. Default <see cref="IsolationLevel.InProcess"/>.</summary>
    public IsolationLevel Level { get; init; }

    /// <summary>Names of the plugins that <see cref="Level"/>, <see cref="Network"/> and <see cref="Ceiling"/> hold for. Default empty: for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>The least level of a plugin that no trusted key signed, whatever its name. Default <see cref="IsolationLevel.InProcess"/>.</summary>
    public IsolationLevel Untrusted { get; init; }

    /// <summary>Whether plugins that these rules hold for may be granted requests to the network. Default true. No sandbox has a network of its own either way: requests are the host's.</summary>
    public bool Network { get; init; } = true;

    /// <summary>Limits that no plugin of these rules exceeds; null, the default, for none beyond policy's.</summary>
    public Limits? Ceiling { get; init; }

    /// <summary>The level that a package needs by these rules. A package without code is never raised.</summary>
    public IsolationLevel LevelFor(VerifiedPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        if (package.Manifest.Runtime == PluginRuntime.Template) return IsolationLevel.InProcess;
        var level = HoldFor(package) ? Level : IsolationLevel.InProcess;
        return IsTrusted(package) || Untrusted < level ? level : Untrusted;
    }

    internal static bool IsTrusted(VerifiedPackage package) => package.Signature is SignatureState.Trusted or SignatureState.Expired;

    internal bool HoldFor(VerifiedPackage package) => Only.Count == 0 || Only.Contains(package.Manifest.Name, StringComparer.Ordinal);
}
