using Paddock.Packaging;

namespace Paddock.Policy;

public static partial class PolicyEngine
{
    /// <summary>Why a decision is as it is: for each permission, capability, limit and rate who asked, who granted, what it comes to, and why it is less.</summary>
    /// <param name="package">What is to run.</param>
    /// <param name="policy">What the operator decided; null while nobody has.</param>
    /// <param name="context">As for <see cref="Decide"/>.</param>
    public static IReadOnlyList<Explanation> Explain(VerifiedPackage package, PluginPolicy? policy, PolicyContext? context = null)
    {
        context ??= PolicyContext.Default;
        var admission = Decide(package, policy, context);
        var manifest = package.Manifest;
        var defaults = UsesGoatKitDefaults(manifest, policy, context);
        var decided = defaults ? GoatKitPolicy.Defaults : policy ?? new PluginPolicy();
        var effective = decided with { Grants = Allowed(package, decided.Grants, context) };
        var grantor = defaults ? "goatkit defaults" : policy is null ? null : "policy";
        return
        [
            Status(admission, grantor),
            .. Permissions(manifest, decided, effective, admission, grantor),
            .. Capabilities(manifest, effective, admission, grantor),
            Isolation(manifest, effective, admission),
            .. LimitLines(manifest, effective, admission, grantor),
            .. Rates(admission.Rates, grantor),
        ];
    }

    private static Explanation Status(Admission admission, string? grantor) => new()
    {
        Kind = ExplainedKind.Status,
        Subject = "status",
        GrantedBy = grantor,
        Granted = PolicyJson.StatusName(admission.Status),
        Effective = admission.MayRun ? "runs" : "does not run",
        WhyNot = admission.Findings.FirstOrDefault(f => f.Severity == FindingSeverity.Error),
    };

    private static IEnumerable<Explanation> Permissions(PluginManifest manifest, PluginPolicy decided, PluginPolicy policy, Admission admission, string? grantor)
    {
        var asked = Asked.Permissions(manifest);
        for (var i = 0; i < asked.Count; i++)
        {
            var permission = asked[i];
            var granted = decided.Grants.Where(p => p.Type == permission.Type).ToList();
            var isTaken = granted.Count > 0 && !policy.Grants.Any(p => p.Type == permission.Type);
            var got = admission.MayRun && !isTaken ? Granted([permission], granted) : [];
            yield return new Explanation
            {
                Kind = ExplainedKind.Permission,
                Subject = PolicyText.Name(permission.Type),
                AskedBy = ReferenceEquals(permission, manifest.Permissions[i]) ? "manifest" : $"{manifest.Dialect} default",
                Asked = PolicyText.Describe(permission),
                GrantedBy = granted.Count == 0 ? null : grantor,
                Granted = granted.Count == 0 ? null : string.Join("; ", granted.Select(PolicyText.Describe)),
                Effective = got.Count == 0 ? null : string.Join("; ", got.Select(PolicyText.Describe)),
                EffectivePermissions = got,
                WhyNot = isTaken ? Why(PolicyCodes.NetworkDisabled, "The host's isolation takes it away.", "Enable the network for isolated plugins.") : WhyNot(permission, granted, got, admission),
            };
        }

        foreach (var unasked in policy.Grants.Where(g => !asked.Any(a => a.Type == g.Type)))
        {
            yield return new Explanation
            {
                Kind = ExplainedKind.Permission,
                Subject = PolicyText.Name(unasked.Type),
                GrantedBy = grantor,
                Granted = PolicyText.Describe(unasked),
                WhyNot = Why(PolicyCodes.NotAsked, "The manifest does not ask for it.", "Nothing to do, unless the next version asks."),
            };
        }
    }

    private static Finding? WhyNot(Permission asked, List<Permission> granted, List<Permission> got, Admission admission)
    {
        if (!admission.MayRun) return admission.Findings.First(f => f.Severity == FindingSeverity.Error);
        var name = PolicyText.Name(asked.Type);
        var any = Asked.IsAnyDirectory(asked);
        if (!any && !asked.Scope.Any(e => ScopeEntry.IsValid(asked.Type, e)))
            return Why(PolicyCodes.ScopeInvalid, "The manifest's scope is empty, or none of its entries covers anything.", "The author names what it needs; nothing stands for everything.");
        if (granted.Count == 0) return Why(PolicyCodes.NotGranted, $"Policy grants no {name}.", $"Grant {name} with the scope that it needs.");
        var access = granted.Aggregate(Access.None, (all, g) => all | g.Access);
        if ((asked.Access & access) != asked.Access)
            return Why(PolicyCodes.AccessNotGranted, $"Policy does not grant {string.Join('+', PolicyText.Names(asked.Access & ~access))}.", "Grant the access too, if it is needed.");
        if (any && got.Count > 0) return null;
        var missing = asked.Scope.Where(e => !Enumerable.Range(0, 4).Select(bit => (Access)(1 << bit)).Where(bit => asked.Access.HasFlag(bit))
            .All(bit => got.Any(g => g.Access.HasFlag(bit) && g.Scope.Any(s => ScopeEntry.Within(g.Type, e, s))))).ToList();
        return missing.Count == 0 ? null : Why(PolicyCodes.ScopeNotGranted, $"Not all of it is granted: {string.Join(", ", missing)}.", "Grant these entries, or leave them out knowingly.");
    }

    private static IEnumerable<Explanation> Capabilities(PluginManifest manifest, PluginPolicy policy, Admission admission, string? grantor)
    {
        foreach (var asked in Asked.Capabilities(manifest))
        {
            var got = admission.MayRun ? Capability.Intersect([asked], policy.Capabilities) : [];
            var granted = policy.Capabilities.Where(c => Capability.Within(asked, c) || Capability.Within(c, asked)).ToList();
            yield return new Explanation
            {
                Kind = ExplainedKind.Capability,
                Subject = asked,
                AskedBy = manifest.Capabilities.Required.Contains(asked) ? "manifest (required)" : manifest.Capabilities.Optional.Contains(asked) ? "manifest" : $"{manifest.Dialect} default",
                Asked = asked,
                GrantedBy = granted.Count == 0 ? null : grantor,
                Granted = granted.Count == 0 ? null : string.Join(", ", granted),
                Effective = got.Count == 0 ? null : string.Join(", ", got),
                WhyNot = !admission.MayRun ? admission.Findings.First(f => f.Severity == FindingSeverity.Error)
                    : Capability.Covered(asked, policy.Capabilities) ? null
                    : Why(PolicyCodes.CapabilityNotGranted, got.Count == 0 ? "Policy does not grant it." : "Policy grants a part of it.", $"Grant {asked}."),
            };
        }
    }

    private static Explanation Isolation(PluginManifest manifest, PluginPolicy policy, Admission admission) => new()
    {
        Kind = ExplainedKind.Isolation,
        Subject = "isolation",
        AskedBy = "manifest",
        Asked = PolicyJson.IsolationName(manifest.Isolation),
        GrantedBy = admission.Isolation == manifest.Isolation ? "manifest" : admission.Isolation == policy.IsolationFloor ? "policy" : "host",
        Granted = PolicyJson.IsolationName(admission.Isolation),
        Effective = PolicyJson.IsolationName(admission.Isolation),
        WhyNot = admission.Isolation == manifest.Isolation ? null : Why(PolicyCodes.IsolationRaised, "Policy, or the host, asks for more isolation than the manifest.", "Lower the policy's floor or the host's rule, or have a trusted key sign it."),
    };

    private static IEnumerable<Explanation> LimitLines(PluginManifest manifest, PluginPolicy policy, Admission admission, string? grantor)
    {
        var asked = manifest.Limits is null ? null : LimitCeilings.Each(manifest.Limits);
        var ceilings = LimitCeilings.Each(policy.LimitCeiling);
        var effective = LimitCeilings.Each(admission.Limits);
        for (var i = 0; i < effective.Count; i++)
        {
            var lowered = asked is not null && effective[i].Number < asked[i].Number;
            yield return new Explanation
            {
                Kind = ExplainedKind.Limit,
                Subject = effective[i].Name,
                AskedBy = asked is null ? null : "manifest",
                Asked = asked?[i].Text,
                GrantedBy = effective[i].Number < ceilings[i].Number && (asked is null || lowered) ? "host" : grantor ?? "host",
                Granted = ceilings[i].Text,
                Effective = effective[i].Text,
                WhyNot = lowered ? Why(PolicyCodes.Lowered, "Policy, or the host, allows less than the manifest asks for.", "Raise the ceiling, if the plugin needs it.") : null,
            };
        }
    }

    private static IEnumerable<Explanation> Rates(RateLimits rates, string? grantor)
    {
        (string Subject, int Rate, string Unit)[] each =
            [("calls", rates.CallsPerSecond, "a second"), ("db", rates.DbPerMinute, "a minute"), ("http", rates.HttpPerMinute, "a minute"), ("email", rates.EmailsPerMinute, "a minute")];
        return each.Select(r => new Explanation
        {
            Kind = ExplainedKind.Rate,
            Subject = r.Subject,
            GrantedBy = grantor ?? "host",
            Granted = r.Rate == PluginPolicy.Unlimited ? "unlimited" : $"{r.Rate} {r.Unit}",
            Effective = r.Rate == PluginPolicy.Unlimited ? "unlimited" : $"{r.Rate} {r.Unit}",
        });
    }

    private static Finding Why(string code, string message, string mend) => new(code, message) { Severity = FindingSeverity.Information, Mend = mend };
}
