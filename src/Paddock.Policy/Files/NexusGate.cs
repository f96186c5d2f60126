namespace Paddock.Policy;

/// <summary>What a Nexus plugin registers, kind by kind.</summary>
public enum NexusKind
{
    /// <summary>Tools (<c>tool:</c>).</summary>
    Tool,

    /// <summary>Channels (<c>channel:</c>).</summary>
    Channel,

    /// <summary>Commands by their dotted path (<c>cli:</c>).</summary>
    Command,

    /// <summary>Services (<c>service:</c>).</summary>
    Service,

    /// <summary>Hooks by their event (<c>hook:</c>).</summary>
    Hook,
}

/// <summary>
/// The gate of a Nexus manifest before its registrations: an allowlist of each kind (exact, trimmed, by case; empty for all), then
/// capabilities (without regard to case, <c>*</c>, exact or a trailing <c>*</c>; none declared for no gate). Policy still grants each.
/// </summary>
/// <param name="plugin">The plugin's id.</param>
/// <param name="declared">The allowlists; one that is empty allows all of its kind.</param>
/// <param name="capabilities">The capabilities the manifest declares.</param>
public sealed class NexusGate(string plugin, DeclaredRegistrations declared, CapabilityRequest capabilities)
{
    private readonly Dictionary<NexusKind, HashSet<string>> _allowed = new()
    {
        [NexusKind.Tool] = Trimmed(declared.Tools),
        [NexusKind.Channel] = Trimmed(declared.Channels),
        [NexusKind.Command] = Trimmed(declared.Commands),
        [NexusKind.Service] = Trimmed(declared.Services),
        [NexusKind.Hook] = Trimmed(declared.Hooks),
    };

    private readonly string[] _capabilities = [.. capabilities.Required.Concat(capabilities.Optional).Where(c => !string.IsNullOrWhiteSpace(c))];

    /// <summary>The gate of a manifest; its name is the plugin's id.</summary>
    public static NexusGate Of(PluginManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return new NexusGate(manifest.Name, manifest.Declares, manifest.Capabilities);
    }

    /// <summary>Why a registration is refused, in Nexus's words; null where it is let through.</summary>
    public string? Check(NexusKind kind, string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var name = id.Trim();
        if (_allowed[kind] is { Count: > 0 } allowed && !allowed.Contains(name))
            return $"plugin \"{plugin}\" attempted to register undeclared {Noun(kind)} \"{name}\"";
        var capability = $"{Prefix(kind)}:{name}";
        return _capabilities.Length == 0 || Capability.Covered(capability, _capabilities) ? null : $"plugin \"{plugin}\" missing capability \"{capability}\"";
    }

    /// <summary>All that stands against a registration: what the gate refuses, and ids that come twice. Each nested command is checked by its whole path.</summary>
    public IReadOnlyList<string> Check(Registration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        (NexusKind Kind, string Id)[] all =
        [
            .. registration.Tools.Select(t => (NexusKind.Tool, t.Name)),
            .. registration.Channels.Select(c => (NexusKind.Channel, c.Id)),
            .. RegistrationGate.Paths(registration.Commands).Select(c => (NexusKind.Command, c)),
            .. registration.Services.Select(s => (NexusKind.Service, s.Id)),
        ];

        // A plugin may have several hooks for one event.
        var refused = all.Concat(registration.Hooks.Select(h => (NexusKind.Hook, h.Event))).Select(r => Check(r.Item1, r.Item2)).OfType<string>();
        var twice = all.GroupBy(r => (r.Kind, Id: r.Id.Trim())).Where(g => g.Count() > 1).Select(g => $"plugin \"{plugin}\" registers {Noun(g.Key.Kind)} \"{g.Key.Id}\" twice");
        return [.. refused, .. twice];
    }

    private static HashSet<string> Trimmed(IReadOnlyList<string> names) => names.Select(n => n.Trim()).Where(n => n.Length > 0).ToHashSet(StringComparer.Ordinal);

    private static string Noun(NexusKind kind) => kind switch
    {
        NexusKind.Tool => "tool",
        NexusKind.Channel => "channel",
        NexusKind.Command => "command",
        NexusKind.Service => "service",
        _ => "hook",
    };

    private static string Prefix(NexusKind kind) => kind == NexusKind.Command ? "cli" : Noun(kind);
}
