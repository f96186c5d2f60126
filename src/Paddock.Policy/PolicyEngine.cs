using Paddock.Packaging;

namespace Paddock.Policy;

/// <summary>Decides on what terms a package may run, and says why. Pure: the same package, policy and context always give the same answer.</summary>
public static partial class PolicyEngine
{
    /// <summary>Code of the weakening that unsigned code runs in the host's process.</summary>
    public const string UnsignedInProcess = PolicyCodes.UnsignedInProcess;

    /// <summary>Decides.</summary>
    /// <param name="package">What is to run.</param>
    /// <param name="policy">What the operator decided; null while nobody has: then nothing runs.</param>
    /// <param name="context">The host's ceilings and the time; null for <see cref="PolicyContext.Default"/>.</param>
    public static Admission Decide(VerifiedPackage package, PluginPolicy? policy, PolicyContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(package);
        context ??= PolicyContext.Default;
        var manifest = package.Manifest;
        var defaults = UsesGoatKitDefaults(manifest, policy, context);
        var effective = defaults ? GoatKitPolicy.Defaults : policy ?? new PluginPolicy();
        var isolation = Highest(Highest(manifest.Isolation, policy?.IsolationFloor ?? IsolationLevel.InProcess), context.Isolation.LevelFor(package));
        var findings = Findings(package, effective, isolation, context);
        if (defaults) findings.Add(Weak(PolicyCodes.GoatKitDefaults, "Nobody reviewed this plugin; it runs with GoatKit's defaults.", "Review it, or leave GoatKitDefaults off."));
        var status = policy?.Status ?? PolicyStatus.PendingReview;
        if (!defaults && Refusal(status) is { } refusal) findings.Add(refusal);
        var mayRun = findings.TrueForAll(f => f.Severity != FindingSeverity.Error);
        return new Admission(package)
        {
            Status = status,
            MayRun = mayRun,
            Isolation = isolation,
            Limits = LimitsOf(package, effective, context),
            Grants = mayRun ? Granted(Asked.Permissions(manifest), Allowed(package, effective.Grants, context)) : [],
            Capabilities = mayRun ? Capability.Intersect(Asked.Capabilities(manifest), effective.Capabilities) : [],
            Rates = effective.Rates,
            Observation = mayRun ? Current(effective.Observation, context) : null,
            Stateful = manifest.Stateful && effective.Stateful,
            RawHtml = effective.RawHtml,
            SensitiveConfigKeys = effective.SensitiveConfigKeys,
            Findings = findings,
        };
    }

    // Not after a decision: a plugin that was blocked stays blocked, and one approved has what it was approved for.
    private static bool UsesGoatKitDefaults(PluginManifest manifest, PluginPolicy? policy, PolicyContext context) =>
        context.GoatKitDefaults && manifest.Dialect == Asked.GoatKit && (policy is null || policy.Status == PolicyStatus.PendingReview);

    private static IsolationLevel Highest(IsolationLevel first, IsolationLevel second) => first > second ? first : second;

    private static Limits EffectiveLimits(PluginManifest manifest, PluginPolicy policy, PolicyContext context)
    {
        var limits = LimitCeilings.Lower(manifest.Limits ?? policy.LimitCeiling, policy.LimitCeiling);
        return context.CeilingFor(manifest.Runtime) is { } host ? LimitCeilings.Lower(limits, host) : limits;
    }

    private static Limits LimitsOf(VerifiedPackage package, PluginPolicy policy, PolicyContext context)
    {
        var limits = EffectiveLimits(package.Manifest, policy, context);
        return context.Isolation.Ceiling is { } ceiling && context.Isolation.HoldFor(package) ? LimitCeilings.Lower(limits, ceiling) : limits;
    }

    /// <summary>What policy grants, without what the host's isolation takes away.</summary>
    private static IReadOnlyList<Permission> Allowed(VerifiedPackage package, IReadOnlyList<Permission> grants, PolicyContext context) =>
        context.Isolation.Network || !context.Isolation.HoldFor(package) ? grants : [.. grants.Where(g => g.Type != PermissionType.Http)];

    private static List<Permission> Granted(IReadOnlyList<Permission> asked, IReadOnlyList<Permission> policy)
    {
        var granted = new List<Permission>();
        foreach (var a in asked)
        {
            foreach (var p in policy)
            {
                if (Both(a, p) is { } both) granted.Add(both);
            }
        }

        return granted;
    }

    /// <summary>What two permissions have in common; null for nothing.</summary>
    internal static Permission? Both(Permission asked, Permission granted)
    {
        var access = asked.Access & granted.Access;
        if (asked.Type != granted.Type || access == Access.None) return null;
        var scope = Asked.IsAnyDirectory(asked)
            ? [.. granted.Scope.Where(e => e != "." && ScopeEntry.IsValid(asked.Type, e))]
            : ScopeEntry.Intersect(asked.Type, asked.Scope, granted.Scope);
        return scope.Count == 0 ? null : new Permission(asked.Type, access, scope);
    }

    // Only reads: a write that no grant covers is never performed, whatever a ceiling says.
    private static Observation? Current(Observation? observation, PolicyContext context) => observation is null || context.Now >= observation.Until
        ? null
        : observation with { Ceiling = [.. observation.Ceiling.Where(p => p.Access.HasFlag(Access.Read)).Select(p => p with { Access = Access.Read })] };

    private static Finding? Refusal(PolicyStatus status) => status switch
    {
        PolicyStatus.Approved or PolicyStatus.Restricted => null,
        PolicyStatus.Blocked => new Finding(PolicyCodes.Blocked, "An operator blocked this plugin."),
        _ => new Finding(PolicyCodes.PendingReview, "Nobody has reviewed this plugin yet.") { Mend = "Review what it asks for, and set a policy." },
    };

    private static List<Finding> Findings(VerifiedPackage package, PluginPolicy policy, IsolationLevel isolation, PolicyContext context)
    {
        var manifest = package.Manifest;
        var findings = new List<Finding>();
        if (package.Signature == SignatureState.Revoked)
            findings.Add(new Finding(PolicyCodes.SignatureRevoked, "The key that signed it was revoked.") { Mend = "Install a version that a trusted key signed." });
        if (!IsolationRules.IsTrusted(package) && isolation == IsolationLevel.InProcess)
            findings.Add(Weak(PolicyCodes.UnsignedInProcess, "Code that no trusted key signed runs in the host's process, behind the WebAssembly engine alone.", "Raise the isolation floor, or the host's isolation of what is not signed."));
        if (Asked.Permissions(manifest).Any(p => p.Type == PermissionType.Db && p.Scope.Contains("*")))
            findings.Add(Weak(PolicyCodes.AllTables, "It asks for every table of the database, or leaves out which.", "Grant the tables that it needs."));
        if (Math.Max(Math.Max(policy.Rates.CallsPerSecond, policy.Rates.DbPerMinute), Math.Max(policy.Rates.HttpPerMinute, policy.Rates.EmailsPerMinute)) == PluginPolicy.Unlimited)
            findings.Add(Weak(PolicyCodes.RateUnlimited, "One of its rates has no bound.", "Set a number."));
        if (policy.Grants.Any(g => g.Type == PermissionType.Http && g.Scope.Any(e => e.EndsWith('*') || e.Contains("*:", StringComparison.Ordinal))))
            findings.Add(Weak(PolicyCodes.AnyHost, "Policy grants requests to every host that the manifest names, its secrets with them.", "Grant the hosts that it needs."));
        if (Allowed(package, policy.Grants, context).Count < policy.Grants.Count)
            findings.Add(new Finding(PolicyCodes.NetworkDisabled, "Policy grants requests to the network, and the host's isolation takes them away.") { Severity = FindingSeverity.Warning, Mend = "Enable the network for isolated plugins, or take the grant away." });
        if (policy.RawHtml) findings.Add(Weak(PolicyCodes.RawHtml, "Its HTML reaches pages unsanitised, and with it whatever it writes.", "Take rawHtml away."));
        if (policy.SensitiveConfigKeys.Count > 0)
            findings.Add(Weak(PolicyCodes.SensitiveConfig, $"It may read keys that look like secrets: {string.Join(", ", policy.SensitiveConfigKeys)}.", "Use a secret instead: the host inserts it where it is needed."));
        if (Current(policy.Observation, context) is { } observation)
            findings.Add(Weak(PolicyCodes.Observing, $"Until {observation.Until:O} reads beyond its grants are performed and recorded.", "End the observation."));
        if (manifest.Stateful && !policy.Stateful)
            findings.Add(Weak(PolicyCodes.StatefulNotGranted, "It asks to keep state between calls; each call starts afresh.", "Allow stateful, if its callers may share state."));
        foreach (var required in manifest.Capabilities.Required.Where(c => !Capability.Covered(c, policy.Capabilities)))
            findings.Add(new Finding(PolicyCodes.CapabilityRequired, $"It does not run without the capability {required}.") { Path = "capabilities.required", Mend = $"Grant {required}, or leave the plugin out." });
        return findings;
    }

    private static Finding Weak(string code, string message, string mend) => new(code, message) { Severity = FindingSeverity.Warning, Mend = mend };
}
