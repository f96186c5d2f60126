namespace Paddock.Policy;

public static partial class PolicyEngine
{
    /// <summary>
    /// Whether consent to one version reaches another. Consent binds name, publisher's key, digest and permissions: another digest runs
    /// without review only where the same trusted key signed it and it asks for no more.
    /// </summary>
    /// <param name="consented">The version that an operator approved.</param>
    /// <param name="offered">The version that is to take its place.</param>
    /// <param name="policy">The policy in force.</param>
    public static ConsentDecision AsksForMore(ConsentSubject consented, ConsentSubject offered, PluginPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(consented);
        ArgumentNullException.ThrowIfNull(offered);
        ArgumentNullException.ThrowIfNull(policy);
        List<Finding> reasons = policy.Status is PolicyStatus.Approved or PolicyStatus.Restricted ? [] : [Review(Refusal(policy.Status)!.Code, "Nobody approved the version before it.", "status")];
        if (consented.Manifest.Name != offered.Manifest.Name) reasons.Add(Review(PolicyCodes.ConsentName, "It has another name.", "name"));
        if (consented.Digest != offered.Digest) reasons.AddRange(More(consented, offered, policy));
        return new ConsentDecision { Reasons = reasons, Policy = reasons.Count > 0 ? null : Narrowed(policy, offered.Manifest) };
    }

    private static IEnumerable<Finding> More(ConsentSubject consented, ConsentSubject offered, PluginPolicy policy)
    {
        var old = consented.Manifest;
        var now = offered.Manifest;
        if (consented.TrustedKey is null || consented.TrustedKey != offered.TrustedKey)
            yield return Review(PolicyCodes.ConsentPublisher, offered.TrustedKey is null ? "No trusted key signed it." : "Another key signed it than the version before.", "signature");
        foreach (var finding in MorePermissions(old, now)) yield return finding;
        foreach (var capability in Asked.Capabilities(now).Where(c => !Capability.Covered(c, Asked.Capabilities(old))))
            yield return Review(PolicyCodes.ConsentCapability, $"It asks for the capability {capability}.", "capabilities");
        foreach (var secret in now.Secrets.Except(old.Secrets, StringComparer.Ordinal))
            yield return Review(PolicyCodes.ConsentSecret, $"It names the secret {secret}.", "secrets");
        if (now.Runtime != old.Runtime || now.RuntimeVersion != old.RuntimeVersion || now.Dialect != old.Dialect)
            yield return Review(PolicyCodes.ConsentRuntime, $"It runs as {now.Dialect} on {now.RuntimeVersion ?? now.Runtime.ToString()}, not as {old.Dialect} on {old.RuntimeVersion ?? old.Runtime.ToString()}.", "runtime");
        if (now.Isolation < old.Isolation) yield return Review(PolicyCodes.ConsentIsolation, "It asks for less isolation.", "isolation");
        if (now.Stateful && !old.Stateful) yield return Review(PolicyCodes.ConsentStateful, "It asks to keep state between calls.", "stateful");
        foreach (var finding in MoreLimits(old, now, policy).Concat(MoreContributions(consented, offered))) yield return finding;
    }

    private static IEnumerable<Finding> MorePermissions(PluginManifest old, PluginManifest now)
    {
        var before = Asked.Permissions(old);
        foreach (var permission in Asked.Permissions(now))
        {
            // An entry that covers nothing asks for nothing; but it may come to mean something, so it is looked at.
            var more = permission.Scope.Where(e => !SingleAccesses(permission.Access).All(a =>
                before.Any(b => b.Type == permission.Type && b.Access.HasFlag(a) && b.Scope.Any(s => ScopeEntry.Within(b.Type, e, s))))).ToList();
            if (more.Count > 0)
                yield return Review(PolicyCodes.ConsentPermission, $"It asks for more {PolicyText.Name(permission.Type)}: {PolicyText.Describe(permission with { Scope = more })}.", "permissions");
        }
    }

    private static IEnumerable<Access> SingleAccesses(Access access) =>
        new[] { Access.Read, Access.Write, Access.Execute, Access.Delete }.Where(a => access.HasFlag(a));

    private static IEnumerable<Finding> MoreLimits(PluginManifest old, PluginManifest now, PluginPolicy policy)
    {
        // Against what each has under this policy: a manifest that says nothing has the ceiling.
        var before = LimitCeilings.Each(EffectiveLimits(old, policy, PolicyContext.Default));
        var after = LimitCeilings.Each(EffectiveLimits(now, policy, PolicyContext.Default));
        return after.Zip(before).Where(p => p.First.Number > p.Second.Number)
            .Select(p => Review(PolicyCodes.ConsentLimit, $"It asks for a higher limit: {p.First.Name} {p.First.Text} instead of {p.Second.Text}.", "limits"));
    }

    private static IEnumerable<Finding> MoreContributions(ConsentSubject consented, ConsentSubject offered)
    {
        var before = Contributed.Of(consented.Registration, consented.Manifest.Name).Select(c => c.Text).ToHashSet(StringComparer.Ordinal);
        return Contributed.Opened(consented.Registration, offered.Registration).Select(r => $"the route {r.Method} {r.Path}")
            .Concat(Contributed.Of(offered.Registration, offered.Manifest.Name).Where(c => !before.Contains(c.Text)).Select(c => c.What))
            .Select(what => Review(PolicyCodes.ConsentContribution, $"It contributes what has to be looked at: {what}.", "contributes"));
    }

    // What a version no longer asks for is taken out, so that a later one does not find it still granted.
    private static PluginPolicy Narrowed(PluginPolicy policy, PluginManifest manifest) => policy with
    {
        Grants = Granted(Asked.Permissions(manifest), policy.Grants),
        Capabilities = Capability.Intersect(Asked.Capabilities(manifest), policy.Capabilities),
        Stateful = policy.Stateful && manifest.Stateful,
    };

    private static Finding Review(string code, string message, string path) =>
        new(code, message) { Severity = FindingSeverity.Warning, Path = path, Mend = "Review the new version; the old one serves meanwhile." };
}
